using System.Text.Json;
using System.Text.Json.Serialization;
using AkkaKv.Api;

namespace AkkaKv.Server.Http;

/// <summary>Where a key lives, as JSON shows it: the hash as hexadecimal text, because JSON numbers lose 64-bit digits.</summary>
internal sealed record PlacementBody(
    string Bucket,
    string Key,
    string KeyBase64,
    string Hash,
    int Partition,
    IReadOnlyList<MemberInfo> Owners,
    IReadOnlyList<MemberInfo> Fallbacks);

/// <summary>The answer of a process that runs.</summary>
internal sealed record AliveBody(bool Alive);

/// <summary>What this server is, for somebody who found its address.</summary>
internal sealed record WelcomeBody(string Product, string Version, IReadOnlyList<string> Try);

/// <summary>JSON without reflection, in camelCase.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(DurationJson)],
    WriteIndented = false)]
[JsonSerializable(typeof(ProblemDocument))]
[JsonSerializable(typeof(PlacementBody))]
[JsonSerializable(typeof(MembersBody))]
[JsonSerializable(typeof(HintsBody))]
[JsonSerializable(typeof(RepairBody))]
[JsonSerializable(typeof(TombstonesBody))]
[JsonSerializable(typeof(ReportBody))]
[JsonSerializable(typeof(ChangesBody))]
[JsonSerializable(typeof(ChangePlanInfo))]
[JsonSerializable(typeof(OrderBody))]
[JsonSerializable(typeof(JoinBody))]
[JsonSerializable(typeof(ChangeOrder))]
[JsonSerializable(typeof(CommitOrder))]
[JsonSerializable(typeof(AbortOrder))]
[JsonSerializable(typeof(JoinOrder))]
[JsonSerializable(typeof(RingInfo))]
[JsonSerializable(typeof(NodeHealth))]
[JsonSerializable(typeof(AliveBody))]
[JsonSerializable(typeof(WelcomeBody))]
internal sealed partial class HttpJson : JsonSerializerContext;

/// <summary>The same with text escaped only where JSON needs it: these bodies are never put into HTML.</summary>
internal static class PlainJson
{
    public static HttpJson Bodies { get; } = new(new JsonSerializerOptions(HttpJson.Default.Options)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
