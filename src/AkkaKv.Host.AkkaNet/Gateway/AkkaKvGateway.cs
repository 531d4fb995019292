using System.Text;
using Akka.Actor;
using AkkaKv.Api;

namespace AkkaKv.Host.AkkaNet.Gateway;

/// <summary>
/// The door for actors: of this system, of others, and of programs outside through the cluster client. Each request is
/// answered to its sender; nothing here keeps state.
/// </summary>
public sealed class AkkaKvGateway : UntypedActor
{
    /// <summary>Its path is <c>/user/akkakv-gateway</c>.</summary>
    public const string ActorName = "akkakv-gateway";

    private readonly IAkkaKv _door;
    private readonly string _cluster;

    /// <param name="door">The node's.</param>
    /// <param name="cluster">The name of AkkaKv's cluster.</param>
    public AkkaKvGateway(IAkkaKv door, string cluster)
    {
        _door = door;
        _cluster = cluster;
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case KvGet get: _ = GetAsync(get).PipeTo(Sender, Self, failure: cause => new KvGot([], null, ErrorOf(cause))); break;
            case KvPut put: _ = PutAsync(put).PipeTo(Sender, Self, failure: cause => new KvWritten(null, 0, ErrorOf(cause))); break;
            case KvDelete delete: _ = DeleteAsync(delete).PipeTo(Sender, Self, failure: cause => new KvWritten(null, 0, ErrorOf(cause))); break;
            case KvTopologyAsk: _ = TopologyAsync().PipeTo(Sender, Self, failure: _ => new KvTopology(_cluster, null)); break;
            default: Unhandled(message); break;
        }
    }

    private async Task<KvTopology> TopologyAsync() =>
        new(_cluster, await _door.ClusterAsync(CancellationToken.None) is { ClusterId.Length: > 0 } info ? info.Encoded.ToArray() : null);

    private async Task<KvGot> GetAsync(KvGet get)
    {
        GetReply reply = await _door.GetAsync(KeyOf(get.Bucket, get.Key), new RequestOptions(R: get.R), CancellationToken.None);
        return new KvGot(
            [.. reply.Siblings.Where(sibling => !sibling.Deleted).Select(sibling => new KvValue(sibling.Value.ToArray(), sibling.ContentType))],
            reply.Context?.ToString(),
            reply.Error);
    }

    private async Task<KvWritten> PutAsync(KvPut put)
    {
        if (!TryContext(put.Context, out CausalContext? context))
            return new KvWritten(null, 0, BadContext());
        PutReply reply = await _door.PutAsync(
            KeyOf(put.Bucket, put.Key), new PutRequest(put.Value, put.ContentType, context), new RequestOptions(W: put.W), CancellationToken.None);
        return new KvWritten(reply.Context?.ToString(), reply.Siblings, reply.Error);
    }

    private async Task<KvWritten> DeleteAsync(KvDelete delete)
    {
        if (!TryContext(delete.Context, out CausalContext? context))
            return new KvWritten(null, 0, BadContext());
        PutReply reply = await _door.DeleteAsync(KeyOf(delete.Bucket, delete.Key), context, new RequestOptions(W: delete.W), CancellationToken.None);
        return new KvWritten(reply.Context?.ToString(), reply.Siblings, reply.Error);
    }

    private static EntryKey KeyOf(string bucket, string key) => new(bucket, Encoding.UTF8.GetBytes(key));

    private static bool TryContext(string? text, out CausalContext? context)
    {
        context = null;
        return text is null || CausalContext.TryParse(text, out context);
    }

    private static KvError BadContext() =>
        new(KvErrorCode.InvalidContext, "A context must be one that a read or write of this key gave; found something else. Read the key again.");

    // The door answers whatever a request can be wrong about; this is a fault of the program.
    private static KvError ErrorOf(Exception cause) => new(
        KvErrorCode.NotReady,
        $"The gateway failed in an unexpected way: {cause.Message} Ask another node, and report it.",
        KvOutcome.Indeterminate);
}
