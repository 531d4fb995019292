using Akka.Actor;
using Akka.Cluster;
using AkkaKv.Api;
using AkkaKv.Host.AkkaNet.Hosting;
using AkkaKv.Host.Settings;

namespace AkkaKv.Host.AkkaNet.Members;

/// <summary>
/// Follows the members of the Akka cluster and asks the topology to follow: one that is up and does not belong is a candidate
/// to join, one that was removed is to leave. Every node remembers what is to be done until it is; the first among those that
/// belong does it.
/// </summary>
internal sealed class MemberFeed : UntypedActor, IWithTimers
{
    public const string ActorName = "akkakv-members";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly IAkkaKv _door;
    private readonly MemberRules _rules;
    private readonly Action<NodeEvent> _log;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly SortedDictionary<string, MemberWish> _wishes = new(StringComparer.Ordinal);
    private bool _isAsking;
    private string _said = "";

    public MemberFeed(IAkkaKv door, MemberRules rules, Action<NodeEvent> log)
    {
        _door = door;
        _rules = rules;
        _log = log;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    protected override void PreStart()
    {
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));
        Timers.StartPeriodicTimer(FeedTick.Instance, FeedTick.Instance, Pause);
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ClusterEvent.MemberUp up: Wish(up.Member, isThere: true, isDead: false); break;
            case ClusterEvent.MemberRemoved gone: Wish(gone.Member, isThere: false, isDead: gone.PreviousStatus == MemberStatus.Down); break;
            case ClusterEvent.IMemberEvent: break;
            case FeedTick: Ask(); break;
            case FeedDone done: OnDone(done); break;
            default: Unhandled(message); break;
        }
    }

    private void Wish(Member member, bool isThere, bool isDead)
    {
        if (NodeRoles.NameOf(member) is not { } name)
            return;
        _wishes[name] = new MemberWish(name, $"{member.Address.Host}:{member.Address.Port}", isThere, isDead, Now);
        Ask();
    }

    private void Ask()
    {
        if (_isAsking || _wishes.Count == 0)
            return;
        _isAsking = true;
        _ = MemberWishes.FulfilAsync(_door, [.. _wishes.Values], InOrder(), _rules, Now).PipeTo(Self, Self, failure: cause => new FeedDone([], cause.Message));
    }

    // Of Akka's leaders: by address, of those that are up and within reach.
    private MemberOrder InOrder() => new(
        NodeRoles.NameOf(_cluster.SelfMember),
        [.. _cluster.State.Members.Except(_cluster.State.Unreachable).Where(member => member.Status == MemberStatus.Up).Select(NodeRoles.NameOf).OfType<string>()]);

    // One that has changed its mind meanwhile is kept.
    private void OnDone(FeedDone done)
    {
        _isAsking = false;
        foreach (MemberWish wish in done.Fulfilled)
        {
            if (_wishes.TryGetValue(wish.Name, out MemberWish? kept) && kept == wish)
                _wishes.Remove(wish.Name);
        }

        if (done.Detail.Length > 0 && done.Detail != _said)
            _log(new NodeEvent(NodeEventLevel.Information, done.Detail));
        _said = done.Detail;
    }

    private sealed class FeedTick
    {
        public static FeedTick Instance { get; } = new();
    }
}

/// <summary>What the Akka cluster says of a member.</summary>
/// <param name="Endpoint">Where its remoting is.</param>
/// <param name="IsDead">It was downed, and did not leave by itself.</param>
/// <param name="Since">When it was said, on this node's monotonic clock.</param>
internal sealed record MemberWish(string Name, string Endpoint, bool IsThere, bool IsDead, TimeSpan Since);

/// <summary>What is done of what is wished.</summary>
/// <param name="LeaveAfter">How long a member must have been away before its leave is committed without an operator.</param>
internal sealed record MemberRules(MemberEventMode Mode, TimeSpan LeaveAfter);

/// <summary>Who may do what is to be done.</summary>
/// <param name="Self">The node that asks; null where it hosts none.</param>
/// <param name="Up">The nodes of the Akka cluster in an order that all of them see. The first that belongs leads: one that is yet to join cannot.</param>
internal sealed record MemberOrder(string? Self, IReadOnlyList<string> Up)
{
    public bool Leads(ClusterChangeInfo info) => Up.FirstOrDefault(name => info.Members.Any(member => member.Name == name)) is { } first && first == Self;
}

/// <param name="Fulfilled">Nothing more is to be done for these.</param>
/// <param name="Detail">For the log; empty when nothing happened.</param>
internal sealed record FeedDone(IReadOnlyList<MemberWish> Fulfilled, string Detail);
