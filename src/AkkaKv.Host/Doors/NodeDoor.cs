using System.Text;
using AkkaKv.Api;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Node;
using AkkaKv.Core.Ring;
using AkkaKv.Host.Loops;
using AkkaKv.Host.Stores;
using AkkaKv.Storage;

namespace AkkaKv.Host.Doors;

/// <summary>The one door of a node, whichever host runs its actors. What differs between hosts is how a node begins and ends.</summary>
public abstract class NodeDoor : IAkkaKv
{
    private static readonly TimeSpan RingWait = TimeSpan.FromSeconds(10);

    private readonly NodePlan _plan;
    private readonly INodeStore _store;
    private readonly INodeRuntime _runtime;
    private readonly NodeId _self;
    private readonly TopologyDoor _topology;
    private volatile bool _hasBelonged;

    /// <param name="plan">As it is with the store.</param>
    /// <param name="actors">Those that the node is made of.</param>
    private protected NodeDoor(NodePlan plan, NodeStore store, INodeRuntime runtime, IReadOnlyList<ActorPlan> actors, TimeProvider clock)
    {
        _plan = plan;
        _self = plan.Actors.Self;
        _store = store.Store;
        _runtime = runtime;
        Invariant.Require(plan.Actors.Gateway.Gateways == plan.Loops, "every loop has one gateway", plan.Actors.Gateway.Gateways);
        Invariant.Require(plan.Actors.Topology.Partitions == store.Partitions, "the store is cut by the ring's partitions", store.Partitions);
        Ids = new IdDoor(runtime, _self, plan.Actors.Ids, clock);
        _topology = new TopologyDoor(runtime, _self, clock, isThere: actors.Any(actor => actor.Role == ActorRole.Topology));
        _hasBelonged = !plan.IsJoining && plan.Actors.Configuration?.Everyone.Any(member => member.Node == _self) != false;
    }

    /// <inheritdoc/>
    public KvLimits Limits => _plan.Actors.Gateway.Limits;

    /// <inheritdoc/>
    public IIdService Ids { get; }

    /// <summary>Completes when the node has stopped: null when it was disposed, else why it stopped itself.</summary>
    public Task<NodeFailure?> Stopped => _runtime.Stopped;

    /// <summary>Who the store is.</summary>
    public StoreIdentity StoreIdentity => _store.Identity;

    /// <inheritdoc/>
    public async ValueTask<GetReply> GetAsync(EntryKey key, RequestOptions options, CancellationToken cancellation)
    {
        Require(key, options);
        if (!_runtime.TryAsk(GatewayOf(key), (key, options), static (ask, replyTo) => new GatewayGet(ask.key, ask.options, replyTo), cancellation, out var reply))
            return GetReply.Failed(Busy());
        try
        {
            return ((GetDone)await reply).Reply;
        }
        catch (NodeStoppedException)
        {
            return GetReply.Failed(Stopping(KvOutcome.NotAttempted));
        }
    }

    /// <inheritdoc/>
    public ValueTask<PutReply> PutAsync(EntryKey key, PutRequest put, RequestOptions options, CancellationToken cancellation)
    {
        Require(key, options);
        ArgumentNullException.ThrowIfNull(put);
        return WriteAsync(key, (key, put, options), static (ask, replyTo) => new GatewayPut(ask.key, ask.put, ask.options, replyTo), cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<PutReply> DeleteAsync(EntryKey key, CausalContext? context, RequestOptions options, CancellationToken cancellation)
    {
        Require(key, options);
        return WriteAsync(key, (key, context, options), static (ask, replyTo) => new GatewayDelete(ask.key, ask.context, ask.options, replyTo), cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<MemberInfo>> MembersAsync(CancellationToken cancellation)
    {
        var done = await AskAsync<GatewayMembersDone>(static replyTo => new GatewayMembers(replyTo), cancellation);
        return done?.Members ?? [];
    }

    /// <inheritdoc/>
    public async ValueTask<RingInfo> RingAsync(CancellationToken cancellation)
    {
        var done = await AskAsync<GatewayRingDone>(static replyTo => new GatewayRing(replyTo), cancellation);
        return done?.Ring ?? new RingInfo(0, 0, 0, [], []);
    }

    /// <inheritdoc/>
    public async ValueTask<(PlacementInfo? Placement, KvError? Error)> PlacementAsync(
        EntryKey key, RequestOptions options, CancellationToken cancellation)
    {
        Require(key, options);
        var done = await AskAsync<GatewayPlacementDone>(replyTo => new GatewayPlacement(key, options, replyTo), cancellation);
        return done is null ? (null, Busy()) : (done.Placement, done.Error);
    }

    /// <inheritdoc/>
    public ValueTask<NodeReport> ReportAsync(CancellationToken cancellation) => ReportAsync(startsRepair: false, cancellation);

    /// <inheritdoc/>
    public async ValueTask<RepairInfo?> RepairAsync(CancellationToken cancellation) =>
        (await ReportAsync(startsRepair: true, cancellation)).Repair;

    private async ValueTask<NodeReport> ReportAsync(bool startsRepair, CancellationToken cancellation)
    {
        var done = await AskAsync<GatewayReportDone>(replyTo => new GatewayReport(startsRepair, replyTo), cancellation);
        return (done?.Report ?? NodeReport.Nothing) with { Counters = CounterNames.Of(_runtime.CountedByActors) };
    }

    /// <inheritdoc/>
    public ValueTask<ClusterChangeInfo?> ClusterAsync(CancellationToken cancellation) => _topology.ClusterAsync(cancellation);

    /// <inheritdoc/>
    public ValueTask<ChangeReply> StageAsync(ClusterChange change, bool takenBack, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(change);
        return _topology.StageAsync(change, takenBack, cancellation);
    }

    /// <inheritdoc/>
    public ValueTask<PlanReply> PlanAsync(CancellationToken cancellation) => _topology.PlanAsync(cancellation);

    /// <inheritdoc/>
    public ValueTask<ChangeReply> CommitAsync(long epoch, CancellationToken cancellation) => _topology.CommitAsync(epoch, cancellation);

    /// <inheritdoc/>
    public ValueTask<ChangeReply> AbortAsync(IReadOnlyList<string> dead, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(dead);
        return _topology.AbortAsync(dead, cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask<NodeHealth> HealthAsync(CancellationToken cancellation)
    {
        var cluster = _topology.ClusterAsync(cancellation);
        var known = await AskAsync<GatewayMembersDone>(static replyTo => new GatewayMembers(replyTo), cancellation);
        StoreStatus store = _store.Status;
        var reasons = new List<string>();
        if (await cluster is { } info && WhyNoMember(info) is { } outside)
            reasons.Add(outside);
        if (_runtime.Stopped.IsCompleted)
            reasons.Add("The node has stopped; see its log.");
        if (store.ReadOnlyBecause is { } readOnly)
            reasons.Add($"The store takes no writes: {readOnly}");
        QuorumDefaults quorum = _plan.Actors.Gateway.Quorum;

        // Before the first ring nobody is known, and nobody reached.
        int needed = Math.Min(Math.Max(quorum.R, quorum.W), known is { Members.Count: > 0 } ? known.Members.Count : _plan.Actors.Topology.Members.Count);

        // Where there was no place for the question the node is busy: that is no reason to send its clients away.
        int reachable = known?.Members.Count(member => member.Reachable) ?? needed;
        if (reachable < needed)
            reasons.Add($"A default quorum needs {needed} reachable members; this node reaches {reachable}. {_runtime.PeerTroubles}");
        return new NodeHealth(_self.Name, reasons.Count == 0, reasons, StoreFacts.Of(store, _store.Identity));
    }

    private string? WhyNoMember(ClusterChangeInfo info)
    {
        if (info.Everyone().Any(member => member.Name == _self.Name))
        {
            _hasBelonged = true;
            return null;
        }

        if (info.Staged.Any(change => change.Member?.Name == _self.Name))
            return "The node waits to join: its join is staged. Look at it with 'akkakv cluster plan', begin it with 'akkakv cluster commit'.";
        return _hasBelonged
            ? "The node has left the cluster: what it held is with the others. Stop it for good, or have it join again with --join."
            : $"The node is no member: it has left, or waits to join and nobody has staged it ('akkakv cluster join {_self} …', or start it again with --join).";
    }

    // Refused here: an actor that came upon a null would stop the node for a mistake of its caller.
    private static void Require(EntryKey key, RequestOptions options)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(key.Bucket, nameof(key));
        ArgumentNullException.ThrowIfNull(options);
    }

    private async ValueTask<PutReply> WriteAsync<TAsk>(EntryKey key, TAsk ask, Func<TAsk, Address, Message> make, CancellationToken cancellation)
    {
        if (!_runtime.TryAsk(GatewayOf(key), ask, make, cancellation, out ValueTask<Message> reply))
            return PutReply.Failed(Busy());
        try
        {
            PutReply done = ((PutDone)await reply).Reply;
            if (done.Siblings == _plan.SiblingsWarn)
                WarnOfSiblings(key, done.Siblings);
            return done;
        }
        catch (NodeStoppedException)
        {
            return PutReply.Failed(Stopping(KvOutcome.Indeterminate));
        }
    }

    /// <summary>
    /// Completes when every gateway knows a ring: a request that follows is not refused because the node has only just begun.
    /// Gives up after a while, and where the node has stopped; then requests say why they are refused.
    /// </summary>
    internal async Task KnowsRingAsync()
    {
        using var over = new CancellationTokenSource(RingWait);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        for (int loop = 0; loop < _plan.Loops; loop++)
        {
            while (!Stopped.IsCompleted && !over.IsCancellationRequested)
            {
                if (await AskAsync<GatewayMembersDone>(static replyTo => new GatewayMembers(replyTo), default, loop) is { Members.Count: > 0 })
                    break;
                await ticks.WaitForNextTickAsync();
            }
        }
    }

    private async ValueTask<TReply?> AskAsync<TReply>(Func<Address, Message> make, CancellationToken cancellation, int gateway = 0)
        where TReply : Message
    {
        if (!_runtime.TryAsk(Gateway(gateway), make, static (make, replyTo) => make(replyTo), cancellation, out ValueTask<Message> reply))
            return null;
        try
        {
            return (TReply)await reply;
        }
        catch (NodeStoppedException)
        {
            return null;
        }
    }

    // The gateway on the loop of the key's partition, so that the request never changes loops. A name that is no key is
    // refused by any gateway.
    private Address GatewayOf(EntryKey key)
    {
        if (_plan.Loops == 1 || key.Bucket.Length is 0 or > EntryKey.BucketCharsMax || key.Name.Length is 0 or > 1024 || !Ascii.IsValid(key.Bucket))
            return Gateway(0);
        ulong hash = StoreKey.Of(key.Bucket, key.Name.Span).Hash;
        int partition = new Token(hash).PartitionIn(_plan.Actors.Topology.Partitions);
        return Gateway(LoopRoute.Of(ActorRole.Replica, (ulong)partition, _plan.Loops));
    }

    private Address Gateway(int loop) => new(_self, ActorRole.Gateway, (ulong)loop);

    private void WarnOfSiblings(EntryKey key, int siblings) => _plan.Log(new NodeEvent(
        NodeEventLevel.Warning,
        $"{key} holds {siblings} concurrent values; past {Limits.SiblingsMax} its writes are refused. Its writers should send back the context of their reads."));

    private KvError Busy() => _runtime.Stopped.IsCompleted
        ? Stopping(KvOutcome.NotAttempted)
        : new KvError(
            KvErrorCode.Busy,
            $"Node {_self} has as many requests under way as it may hold. Nothing was sent. Try again in a moment.",
            Retryable: true,
            Nodes: [_self.Name]);

    private KvError Stopping(KvOutcome outcome) =>
        new(KvErrorCode.NotReady, $"Node {_self} stopped while the request was under way. Ask another node.", outcome, Retryable: outcome == KvOutcome.NotAttempted, Nodes: [_self.Name]);
}
