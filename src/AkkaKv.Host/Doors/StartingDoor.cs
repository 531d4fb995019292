using AkkaKv.Api;

namespace AkkaKv.Host.Doors;

/// <summary>
/// The door of a node that is starting, running or stopping: HTTP answers from the first moment on, with "not ready"
/// until the host's own door is open and from the moment it closes.
/// </summary>
internal sealed class StartingDoor(string node, KvLimits limits) : IAkkaKv
{
    private volatile IAkkaKv? inner;
    private volatile string reason = "The node is starting: it opens its store and looks for its peers.";

    private volatile Func<string> waiting = static () => "";

    public KvLimits Limits => limits;

    public IIdService Ids => inner?.Ids ?? new ClosedIds(NotReady());

    /// <summary>Whom to ask what the start waits for; empty is for nothing but its own work.</summary>
    public void StartsWith(Func<string> waitsFor) => waiting = waitsFor;

    public bool IsOpen => inner is not null;

    /// <summary>From now on requests reach the node.</summary>
    public void Open(IAkkaKv door)
    {
        waiting = static () => "";
        inner = door;
    }

    /// <summary>From now on new requests are refused; those inside finish.</summary>
    public void Close()
    {
        waiting = static () => "";
        reason = "The node is stopping.";
        inner = null;
    }

    public ValueTask<GetReply> GetAsync(EntryKey key, RequestOptions options, CancellationToken cancellation) =>
        inner?.GetAsync(key, options, cancellation) ?? new(GetReply.Failed(NotReady()));

    public ValueTask<PutReply> PutAsync(EntryKey key, PutRequest put, RequestOptions options, CancellationToken cancellation) =>
        inner?.PutAsync(key, put, options, cancellation) ?? new(PutReply.Failed(NotReady()));

    public ValueTask<PutReply> DeleteAsync(EntryKey key, CausalContext? context, RequestOptions options, CancellationToken cancellation) =>
        inner?.DeleteAsync(key, context, options, cancellation) ?? new(PutReply.Failed(NotReady()));

    public ValueTask<IReadOnlyList<MemberInfo>> MembersAsync(CancellationToken cancellation) =>
        inner?.MembersAsync(cancellation) ?? new((IReadOnlyList<MemberInfo>)[]);

    public ValueTask<RingInfo> RingAsync(CancellationToken cancellation) =>
        inner?.RingAsync(cancellation) ?? new(new RingInfo(0, 0, 0, [], []));

    public ValueTask<(PlacementInfo? Placement, KvError? Error)> PlacementAsync(EntryKey key, RequestOptions options, CancellationToken cancellation) =>
        inner?.PlacementAsync(key, options, cancellation) ?? new((null, NotReady()));

    public ValueTask<NodeReport> ReportAsync(CancellationToken cancellation) => inner?.ReportAsync(cancellation) ?? new(NodeReport.Nothing);

    public ValueTask<RepairInfo?> RepairAsync(CancellationToken cancellation) => inner?.RepairAsync(cancellation) ?? new((RepairInfo?)null);

    public ValueTask<ClusterChangeInfo?> ClusterAsync(CancellationToken cancellation) => inner?.ClusterAsync(cancellation) ?? new((ClusterChangeInfo?)null);

    public ValueTask<ChangeReply> StageAsync(ClusterChange change, bool takenBack, CancellationToken cancellation) =>
        inner?.StageAsync(change, takenBack, cancellation) ?? new(NotChanged());

    public ValueTask<PlanReply> PlanAsync(CancellationToken cancellation) => inner?.PlanAsync(cancellation) ?? new(new PlanReply(null, NotReady().Detail));

    public ValueTask<ChangeReply> CommitAsync(long epoch, CancellationToken cancellation) => inner?.CommitAsync(epoch, cancellation) ?? new(NotChanged());

    public ValueTask<ChangeReply> AbortAsync(IReadOnlyList<string> dead, CancellationToken cancellation) =>
        inner?.AbortAsync(dead, cancellation) ?? new(NotChanged());

    public ValueTask<NodeHealth> HealthAsync(CancellationToken cancellation) =>
        inner?.HealthAsync(cancellation) ?? new(new NodeHealth(node, Ready: false, [Reason], new Dictionary<string, string>(StringComparer.Ordinal)));

    private string Reason => waiting() is { Length: > 0 } why ? why : reason;

    private ChangeReply NotChanged() => new(Done: false, NotReady().Detail, 0);

    private KvError NotReady() =>
        new(KvErrorCode.NotReady, $"{Reason} Nothing was sent. Try again after a moment, or ask another node.", Retryable: true, Nodes: [node]);
}
