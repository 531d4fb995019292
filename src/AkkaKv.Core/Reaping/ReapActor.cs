using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Reaping;

/// <summary>
/// Forgets deleted and expired keys of one partition, when it is safe. The partition's first owner sweeps its keys and
/// asks all members about the dead ones; what all agree on twice, with the grace in between, is forgotten everywhere.
/// </summary>
/// <remarks>
/// All members, not only the owners: a fallback may keep a hint, and a request may have named a larger N. So nothing is
/// forgotten while any member is away, and nothing that it brings back can find its tombstone gone. Why two agreements
/// are enough is told at <see cref="AgreedKeys"/>. While the members change, nobody sweeps, agrees or forgets: a node that
/// is being filled, or that has not cleared yet, is not asked and may hold an older value. The ring's epoch is a part of
/// each member's view, so a change between two agreements starts the grace anew.
/// </remarks>
/// <param name="isSettled">False when the members were changing when the node was last heard of.</param>
public sealed class ReapActor(ReapOptions options, bool isSettled) : Actor
{
    private readonly AgreedKeys _agreed = new(options.Grace, options.AgreedMax);
    private readonly SortedDictionary<ulong, ReapInquiry> _inquiries = [];
    private RingSnapshot? _ring;
    private ReachabilitySnapshot? _reachability;
    private ReapSweep? _sweep;
    private ReapRound? _round;
    private ReapTold? _last;
    private bool _isAllowed = isSettled;
    private TimerId _roundTimer;
    private ulong _boot;
    private ulong _nextTicket;
    private ulong _reading;
    private StoreKey? _readingKey;

    public override void Start(IActorContext context)
    {
        _boot = context.Random.NextUInt64();

        // An answer to a question of before a restart must not be taken for one to a new question.
        _nextTicket = _boot >> 16;
        NodeId self = context.Self.Node;
        context.Send(new Address(self, ActorRole.RingManager, 0), new RingSubscribe(context.Self));
        context.Send(new Address(self, ActorRole.Membership, 0), new SubscribeReachability(context.Self));
        context.StartTimer(options.SweepInterval * context.Random.NextDouble(), new SweepDue());
    }

    public override void Receive(IActorContext context, Message message)
    {
        switch (message)
        {
            case RingChanged changed: OnRing(changed.Ring); break;
            case ReapingAllowed allowed: OnAllowed(allowed.IsAllowed); break;
            case ReachabilityChanged changed: _reachability = changed.Snapshot; break;
            case SweepDue: OnSweepDue(context); break;
            case StoreScanDone done: OnScanned(context, done); break;
            case StoreReadDone done: OnStoreReadDone(context, done); break;
            case ReapCheck check: OnCheck(context, check); break;
            case ReapCheckDone done: OnCheckDone(context, done); break;
            case RoundTimeout timeout: OnRoundTimeout(context, timeout.Round); break;
            case ReapForget forget: OnForget(context, forget.Key); break;
            case ReplicaForgetDone done: OnForgotten(context, done); break;
            case ReapAsk ask: context.Send(ask.ReplyTo, _last ?? Nothing(context)); break;
            default: throw new InvariantException($"A reaper has no use for {message.GetType().Name}");
        }
    }

    private static int PartitionOf(IActorContext context) => (int)context.Self.Number;

    private static Address StoreOf(IActorContext context) => new(context.Self.Node, ActorRole.Store, 0);

    private bool IsSettled => _isAllowed && _ring is { Also: null };

    private void OnRing(RingSnapshot ring)
    {
        if (_ring is not null && ring.Epoch != _ring.Epoch)
            StartAnew();
        _ring = ring;
    }

    private void OnAllowed(bool isAllowed)
    {
        if (isAllowed != _isAllowed)
            StartAnew();
        _isAllowed = isAllowed;
    }

    // What was agreed on by other members, or before they changed, was agreed on by nobody.
    private void StartAnew()
    {
        _agreed.Clear();
        _round?.Void();
    }

    private void OnSweepDue(IActorContext context)
    {
        if (!IsSettled)
        {
            _agreed.Clear();
            _last = new ReapTold(PartitionOf(context), 0, [new ReapWait("the members are being changed", 0)]);
            SweepLater(context);
            return;
        }

        if (_ring is null || _reachability is null || _ring.OwnersOf(PartitionOf(context))[0] != context.Self.Node)
        {
            _agreed.Clear();
            _last = null;
            SweepLater(context);
            return;
        }

        _sweep = new ReapSweep();
        Scan(context, 0);
    }

    private void Scan(IActorContext context, long cursor)
    {
        int partition = PartitionOf(context);
        ulong first = Token.FirstOf(partition, _ring!.Partitions).Value;
        ulong last = Token.LastOf(partition, _ring.Partitions).Value;
        context.Send(StoreOf(context), new StoreScan(first, last, cursor, 0, context.Self));
    }

    private void OnScanned(IActorContext context, StoreScanDone done)
    {
        _sweep!.Take(done.Keys, done.NextCursor);
        GoOn(context);
    }

    // One key after the other, so that everything else on the loop has its turn in between.
    private void GoOn(IActorContext context)
    {
        if (_sweep!.Batch.Count >= options.BatchKeysMax)
            AskMembers(context);
        else if (_sweep.TryNext(out StoreKey key))
            ReadNext(context, key);
        else if (_sweep.Cursor >= 0)
            Scan(context, _sweep.Cursor);
        else if (_sweep.Batch.Count > 0)
            AskMembers(context);
        else
            EndSweep(context);
    }

    private void ReadNext(IActorContext context, StoreKey key)
    {
        _readingKey = key;
        _reading = _nextTicket++;
        context.Send(StoreOf(context), new StoreRead(key, _reading, context.Self));
    }

    private void OnStoreReadDone(IActorContext context, StoreReadDone done)
    {
        if (_readingKey is { } key && done.Ticket == _reading)
        {
            _readingKey = null;
            Judge(context, key, done);
            GoOn(context);
            return;
        }

        OnInquiryRead(context, done);
    }

    private void Judge(IActorContext context, StoreKey key, StoreReadDone done)
    {
        if (done.Outcome != StoreOutcome.Done || !SiblingSetCodec.TryDecode(done.Object, out SiblingSet set) || !DeadRule.IsMortal(set))
            return;
        if (!DeadRule.IsDead(set, context.WallNow, options.Grace))
            return;
        _sweep!.Dead++;
        var dead = new DeadKey(key, DeadRule.VersionOf(done.Object));
        if (_agreed.IsWaiting(dead, context.Now))
            _sweep.Waits("the grace is running");
        else
            _sweep.Batch.Add(dead);
    }

    private void AskMembers(IActorContext context)
    {
        if (!IsSettled)
        {
            _sweep!.Waits("the members are being changed", _sweep.Batch.Count);
            _sweep.Batch.Clear();
            GoOn(context);
            return;
        }

        NodeId[] members = [.. _ring!.MembersInOrder.Select(member => member.Node)];
        string[] away = [.. members.Where(member => !_reachability!.IsReachable(member)).Select(member => member.Name)];
        if (away.Length > 0)
        {
            _sweep!.Waits($"not reachable: {string.Join(", ", away)}", _sweep.Batch.Count);
            _sweep.Batch.Clear();
            GoOn(context);
            return;
        }

        _round = new ReapRound(_nextTicket++, [.. _sweep!.Batch], members);
        _sweep.Batch.Clear();
        _roundTimer = context.StartTimer(options.AnswerTimeout, new RoundTimeout(_round.Number));
        foreach (NodeId member in members)
            context.Send(context.Self with { Node = member }, new ReapCheck(_round.Number, _round.Keys, context.Self));
    }

    private void OnCheckDone(IActorContext context, ReapCheckDone done)
    {
        if (_round is null || _round.Number != done.Round)
            return;
        _round.Add(done);
        if (_round.IsComplete)
            EndRound(context);
    }

    private void OnRoundTimeout(IActorContext context, ulong round)
    {
        if (_round?.Number == round)
            EndRound(context);
    }

    private void EndRound(IActorContext context)
    {
        context.CancelTimer(_roundTimer);
        ReapRound round = _round!;
        _round = null;
        ulong views = round.IsComplete ? round.Views : 0;
        for (int i = 0; i < round.Keys.Count; i++)
        {
            ReapVerdict verdict = round.VerdictOf(i);
            if (verdict != ReapVerdict.Agreed)
                _sweep!.Waits(ReasonOf(verdict));
            else if (_agreed.Confirm(round.Keys[i], views, context.Now))
                ForgetEverywhere(context, round.Keys[i]);
            else
                _sweep!.Waits("the grace is running");
        }

        GoOn(context);
    }

    private void ForgetEverywhere(IActorContext context, DeadKey key)
    {
        foreach (RingMember member in _ring!.MembersInOrder)
            context.Send(context.Self with { Node = member.Node }, new ReapForget(key));
    }

    private void EndSweep(IActorContext context)
    {
        _agreed.EndSweep();
        _last = new ReapTold(PartitionOf(context), _sweep!.Dead, _sweep.Waiting());
        _sweep = null;
        SweepLater(context);
    }

    // Not all partitions at the same moment, for ever.
    private void SweepLater(IActorContext context) =>
        context.StartTimer(options.SweepInterval * (0.75 + (0.5 * context.Random.NextDouble())), new SweepDue());

    private void OnCheck(IActorContext context, ReapCheck check)
    {
        if (check.Keys.Count is 0 or > ReapCheck.KeysMax || _ring is null || _reachability is null)
            return;
        if (check.Keys.Any(key => _ring.PartitionOf(key.Key) != PartitionOf(context)))
            return; // The asker's ring has another number of partitions: it is told nothing, and forgets nothing.
        bool reachesAll = _ring.MembersInOrder.All(member => _reachability.IsReachable(member.Node));
        if (!reachesAll || !IsSettled || _inquiries.Count >= ReapOptions.ChecksMax)
        {
            var unsure = new ReapVerdict[check.Keys.Count];
            Array.Fill(unsure, ReapVerdict.Unsure);
            context.Send(check.ReplyTo, new ReapCheckDone(check.Round, context.Self.Node, View, unsure));
            return;
        }

        var inquiry = new ReapInquiry(check, _ring.Owns(context.Self.Node, PartitionOf(context)), options.Grace);
        ulong first = _nextTicket;
        _nextTicket += 2 * (ulong)check.Keys.Count;
        _inquiries.Add(first, inquiry);
        inquiry.Start(context, first);
    }

    private ulong View => StableHash.Of(
        BitConverter.GetBytes(_ring!.Epoch), StableHash.Of(BitConverter.GetBytes(_reachability!.Version), _boot));

    private void OnInquiryRead(IActorContext context, StoreReadDone done)
    {
        foreach ((ulong first, ReapInquiry inquiry) in _inquiries)
        {
            if (done.Ticket < first || done.Ticket >= first + (2 * (ulong)inquiry.Check.Keys.Count))
                continue;
            inquiry.Add(context, (int)(done.Ticket - first), done);
            if (inquiry.IsComplete)
                EndInquiry(context, first, inquiry);
            return;
        }

        throw new InvariantException($"A store answers only what was asked; found ticket {done.Ticket}");
    }

    private void EndInquiry(IActorContext context, ulong first, ReapInquiry inquiry)
    {
        _inquiries.Remove(first);
        context.Send(inquiry.Check.ReplyTo, new ReapCheckDone(inquiry.Check.Round, context.Self.Node, View, inquiry.Verdicts));
    }

    private void OnForget(IActorContext context, DeadKey key)
    {
        if (IsSettled)
            context.Send(context.Self with { Role = ActorRole.Replica }, new ReplicaForget(key.Key, key.Version, context.Self));
    }

    private static void OnForgotten(IActorContext context, ReplicaForgetDone done)
    {
        if (done.IsForgotten)
            context.Count(Counter.TombstonesReaped);
    }

    private static ReapTold Nothing(IActorContext context) => new(PartitionOf(context), 0, []);

    private static string ReasonOf(ReapVerdict verdict) => verdict switch
    {
        ReapVerdict.Differs => "an owner does not hold it yet, or holds something else",
        ReapVerdict.Hinted => "a hint of the key waits for its delivery",
        ReapVerdict.StillAlive => "a member's clock says that it has not been expired for long enough",
        _ => "a member did not answer, or does not reach every other",
    };

    private sealed record SweepDue : Message;

    private sealed record RoundTimeout(ulong Round) : Message;
}
