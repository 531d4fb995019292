using System.Runtime.Serialization;
using System.Text.Json;
using System.Text.Json.Serialization;
using AkkaKv.Api;

namespace AkkaKv.Host.AkkaNet.Gateway;

/// <summary>What an actor system sends to <see cref="AkkaKvGateway"/>, and gets back. Travels as JSON in AkkaKv's serializer.</summary>
public interface IKvMessage;

/// <summary>Reads a key. Answered by <see cref="KvGot"/>.</summary>
/// <param name="Bucket">1 to 64 ASCII characters.</param>
/// <param name="Key">1 to 1,024 bytes of UTF-8.</param>
/// <param name="R">Replies to wait for; null is the cluster's default.</param>
public sealed record KvGet(string Bucket, string Key, int? R = null) : IKvMessage;

/// <summary>Writes a value. Answered by <see cref="KvWritten"/>.</summary>
/// <param name="Value">At most the cluster's largest value.</param>
/// <param name="Context">What the writer had seen, from <see cref="KvGot.Context"/>; null is concurrent with everything.</param>
/// <param name="W">Acknowledgements to wait for; null is the cluster's default.</param>
public sealed record KvPut(string Bucket, string Key, byte[] Value, string? ContentType = null, string? Context = null, int? W = null) : IKvMessage;

/// <summary>Deletes what the context covers; without one, what the coordinating replica holds. Answered by <see cref="KvWritten"/>.</summary>
public sealed record KvDelete(string Bucket, string Key, string? Context = null, int? W = null) : IKvMessage;

/// <summary>One value of a key; several are concurrent writes that somebody must merge.</summary>
public sealed record KvValue(byte[] Value, string? ContentType);

/// <param name="Values">None where there is nothing.</param>
/// <param name="Context">For the next write of this key; null when the read failed or nothing was ever there.</param>
/// <param name="Error">Null when the read succeeded.</param>
public sealed record KvGot(IReadOnlyList<KvValue> Values, string? Context, KvError? Error) : IKvMessage;

/// <param name="Context">For the writer's next write; null when the write failed or left concurrent values beside its own.</param>
/// <param name="Siblings">Values that the key holds now.</param>
/// <param name="Error">Null when the write succeeded.</param>
public sealed record KvWritten(string? Context, int Siblings, KvError? Error) : IKvMessage;

/// <summary>Asks for the cluster's configuration, as a node that wants to join does. Answered by <see cref="KvTopology"/>.</summary>
public sealed record KvTopologyAsk : IKvMessage;

/// <param name="Cluster">The name of AkkaKv's cluster.</param>
/// <param name="Configuration">As the members exchange it; null as long as the cluster is not founded.</param>
public sealed record KvTopology(string Cluster, byte[]? Configuration) : IKvMessage;

/// <summary>The messages as bytes: which manifest stands for which. Never reuse one.</summary>
internal static partial class KvMessages
{
    private static readonly Dictionary<string, Type> Types = new(StringComparer.Ordinal)
    {
        ["kg"] = typeof(KvGet),
        ["kp"] = typeof(KvPut),
        ["kd"] = typeof(KvDelete),
        ["kG"] = typeof(KvGot),
        ["kW"] = typeof(KvWritten),
        ["kt"] = typeof(KvTopologyAsk),
        ["kT"] = typeof(KvTopology),
    };

    public static string ManifestOf(IKvMessage message) => Types.First(pair => pair.Value == message.GetType()).Key;

    public static byte[] Write(IKvMessage message) => JsonSerializer.SerializeToUtf8Bytes(message, message.GetType(), KvJson.Default);

    /// <returns>False for another's manifest.</returns>
    /// <exception cref="SerializationException">The bytes are malformed.</exception>
    public static bool TryRead(string manifest, ReadOnlySpan<byte> bytes, out IKvMessage? message)
    {
        message = null;
        if (!Types.TryGetValue(manifest, out Type? type))
            return false;
        try
        {
            message = (IKvMessage?)JsonSerializer.Deserialize(bytes, type, KvJson.Default) ?? throw new SerializationException($"A {type.Name} is an object; found null.");
            return true;
        }
        catch (JsonException cause)
        {
            throw new SerializationException($"A {type.Name} must be well formed; {cause.Message}", cause);
        }
    }

    [JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
    [JsonSerializable(typeof(KvGet))]
    [JsonSerializable(typeof(KvPut))]
    [JsonSerializable(typeof(KvDelete))]
    [JsonSerializable(typeof(KvGot))]
    [JsonSerializable(typeof(KvWritten))]
    [JsonSerializable(typeof(KvTopologyAsk))]
    [JsonSerializable(typeof(KvTopology))]
    private sealed partial class KvJson : JsonSerializerContext;
}
