using AkkaKv.Core.Agreement;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Tests.Agreement;

/// <summary>What is broken on purpose, to see that the property notices.</summary>
internal enum DecisionMutant
{
    None,

    /// <summary>A proposer hears of nothing accepted, and asks for its own value always.</summary>
    IgnoresAccepted,

    /// <summary>An acceptor takes its writes for durable as soon as it has sent them.</summary>
    AnswersBeforeDurable,

    /// <summary>Voters are asked whichever data directory they have.</summary>
    ForgetsStoreIds,
}

/// <summary>
/// Some acceptors and proposals on a network that loses, doubles, delays and reorders, all from one seed. Acceptors crash
/// and come back with their durable facts; one may come back with a new, empty directory.
/// </summary>
internal sealed class DecisionWorld(ulong seed, DecisionMutant mutant = DecisionMutant.None)
{
    public const string Decision = "test/1";

    private readonly RandomSource _random = new(seed);
    private readonly PriorityQueue<Event, (TimeSpan Due, ulong Order)> _events = new();
    private readonly Dictionary<Address, DecisionCell> _cells = [];
    private readonly List<DecisionNode> _nodes = [];
    private ulong _order;
    private bool _isHealed;

    public TimeSpan Now { get; private set; }

    public RandomSource Random => _random;

    public DecisionMutant Mutant => mutant;

    /// <summary>What proposals were told, by their number.</summary>
    public List<(ulong Proposal, string? Value, string Reason)> Answers { get; } = [];

    /// <summary>The values that were proposed.</summary>
    public List<string> Proposed { get; } = [];

    public List<string> Decided => [.. Answers.Where(answer => answer.Value is not null).Select(answer => answer.Value!).Distinct()];

    /// <summary>Messages that went nowhere, because their sender or receiver had crashed, or the network was bad.</summary>
    public int Lost { get; private set; }

    /// <summary>Runs it to its end: trouble, then a healed network and one more proposal.</summary>
    public void Run()
    {
        int voters = 3 + (2 * _random.Next(2));
        for (int i = 1; i <= voters; i++)
        {
            _nodes.Add(new DecisionNode(new NodeId($"node-{i}"), 100 + (ulong)i));
            Boot(_nodes[^1]);
        }

        Voter[] known = [.. _nodes.Select(node => new Voter(node.Id, mutant == DecisionMutant.ForgetsStoreIds ? 0 : node.StoreId))];
        int proposals = 2 + _random.Next(2);
        for (int i = 0; i < proposals; i++)
            At(Between(0, 400), () => Propose(known));
        for (int i = _random.Next(7); i > 0; i--)
            At(Between(0, 2_000), Crash);
        if (_random.Next(3) == 0)
            At(Between(0, 2_000), Wipe);
        RunUntil(TimeSpan.FromSeconds(3));

        _isHealed = true;
        foreach (DecisionNode node in _nodes.Where(node => !node.IsUp))
            Boot(node);
        Propose(known);
        RunUntil(TimeSpan.FromSeconds(60));
    }

    public void Send(DecisionCell from, Address to, Message message)
    {
        if (to.Role == ActorRole.Store)
            ToStore(from, message);
        else if (to.Node == from.Self.Node)
            At(Between(0, 1), () => Deliver(to, message));
        else
            Travel(to, message);
    }

    public TimerId StartTimer(DecisionCell cell, TimeSpan delay, Message message)
    {
        var timer = new TimerId(++_order);
        cell.Timers.Add(timer);
        At(delay, () =>
        {
            if (cell.Timers.Remove(timer) && !cell.IsStopped)
                cell.Deliver(message);
        });
        return timer;
    }

    private void Propose(Voter[] voters)
    {
        DecisionNode node = _nodes[_random.Next(_nodes.Count)];
        string value = $"value-{Proposed.Count}";
        Proposed.Add(value);
        ulong number = 1_000 + (ulong)Proposed.Count;
        var replyTo = new Address(node.Id, ActorRole.Caller, number);
        Address self = replyTo with { Role = ActorRole.Request };
        var options = new ProposalOptions { Timeout = TimeSpan.FromSeconds(_isHealed ? 50 : 2) };
        Start(self, new ProposalActor(options, Decision, voters, (voters.Length / 2) + 1, System.Text.Encoding.ASCII.GetBytes(value), replyTo), node);
    }

    private void Boot(DecisionNode node)
    {
        node.IsUp = true;
        node.Boots++;
        Start(AcceptorOf(node), new AcceptorActor(node.StoreId), node);
    }

    // The process ends: its actors are gone, and so is what was on the way to its disk, or not.
    private void Crash()
    {
        DecisionNode node = _nodes[_random.Next(_nodes.Count)];
        if (_isHealed || !node.IsUp)
            return;
        node.IsUp = false;
        foreach (DecisionCell cell in _cells.Values.Where(cell => cell.Node == node).ToArray())
        {
            cell.IsStopped = true;
            _cells.Remove(cell.Self);
        }

        foreach (FactWrite write in node.Staged)
        {
            if (_random.Next(2) == 0)
                break;
            node.Facts[write.Name] = write.Value;
        }

        node.Staged.Clear();
        At(Between(10, 800), () =>
        {
            if (!node.IsUp)
                Boot(node);
        });
    }

    private void Wipe()
    {
        DecisionNode node = _nodes[_random.Next(_nodes.Count)];
        if (_isHealed || !node.IsUp)
            return;
        foreach (DecisionCell cell in _cells.Values.Where(cell => cell.Node == node).ToArray())
        {
            cell.IsStopped = true;
            _cells.Remove(cell.Self);
        }

        node.Staged.Clear();
        node.Facts.Clear();
        node.StoreId += 1_000;
        Boot(node);
    }

    private void Start(Address self, Actor actor, DecisionNode node)
    {
        var cell = new DecisionCell(this, self, actor, node, node.Boots);
        _cells[self] = cell;
        actor.Start(cell);
    }

    private void ToStore(DecisionCell from, Message message)
    {
        DecisionNode node = from.Node;
        switch (message)
        {
            case FactRead read:
                AtStore(from, () => from.Deliver(new FactReadDone(read.Ticket, node.Facts.GetValueOrDefault(read.Name))));
                break;
            case FactWrite write when !_isHealed && _random.Next(40) == 0:
                // A store that is busy or fails.
                AtStore(from, () => from.Deliver(new FactWriteDone(write.Ticket, IsDone: false)));
                break;
            case FactWrite write:
                node.Staged.Add(write);
                At(Between(1, 60), () =>
                {
                    if (!node.Staged.Remove(write))
                        return;
                    node.Facts[write.Name] = write.Value;
                    if (!from.IsStopped)
                        from.Deliver(new FactWriteDone(write.Ticket, IsDone: true));
                });
                if (mutant == DecisionMutant.AnswersBeforeDurable)
                    AtStore(from, () => from.Deliver(new FactWriteDone(write.Ticket, IsDone: true)));
                break;
        }
    }

    private void AtStore(DecisionCell cell, Action work) => At(TimeSpan.Zero, () =>
    {
        if (!cell.IsStopped)
            work();
    });

    private void Travel(Address to, Message message)
    {
        if (!_isHealed && _random.Next(5) == 0)
        {
            Lost++;
            return;
        }

        int copies = _random.Next(10) == 0 ? 2 : 1;
        for (; copies > 0; copies--)
            At(_random.Next(10) == 0 && !_isHealed ? Between(100, 1_500) : Between(1, 30), () => Deliver(to, message));
    }

    private void Deliver(Address to, Message message)
    {
        if (to.Role == ActorRole.Caller)
            Answer(to.Number, message);
        else if (_cells.TryGetValue(to, out DecisionCell? cell))
            cell.Deliver(mutant == DecisionMutant.IgnoresAccepted && message is AgreementPromised promised
                ? promised with { AcceptedAt = Ballot.None, AcceptedValue = default }
                : message);
        else
            Lost++;
    }

    private void Answer(ulong proposal, Message message)
    {
        Answers.ShouldNotContain(answer => answer.Proposal == proposal, $"seed {seed}: a proposal answers once");
        Answers.Add(message switch
        {
            AgreementDecided decided => (proposal, System.Text.Encoding.ASCII.GetString(decided.Value.Span), ""),
            AgreementUndecided undecided => (proposal, null, undecided.Reason),
            _ => throw new InvalidOperationException($"A proposal answers nothing like {message}."),
        });
    }

    public void Stop(DecisionCell cell)
    {
        cell.IsStopped = true;
        _cells.Remove(cell.Self);
    }

    private void RunUntil(TimeSpan until)
    {
        while (_events.TryPeek(out _, out (TimeSpan Due, ulong Order) next) && next.Due <= until)
        {
            Now = next.Due;
            _events.Dequeue().Work();
        }

        Now = until;
    }

    private void At(TimeSpan delay, Action work) => _events.Enqueue(new Event(work), (Now + delay, ++_order));

    private TimeSpan Between(int fromMillis, int toMillis) => TimeSpan.FromMicroseconds((fromMillis * 1_000) + _random.Next(((toMillis - fromMillis) * 1_000) + 1));

    private static Address AcceptorOf(DecisionNode node) => new(node.Id, ActorRole.Agreement, 0);

    private readonly record struct Event(Action Work);
}

/// <summary>One node: its disk, and whether its process runs.</summary>
internal sealed class DecisionNode(NodeId id, ulong storeId)
{
    public NodeId Id => id;

    public ulong StoreId { get; set; } = storeId;

    public bool IsUp { get; set; }

    public int Boots { get; set; }

    /// <summary>What is durable.</summary>
    public Dictionary<string, ReadOnlyMemory<byte>> Facts { get; } = new(StringComparer.Ordinal);

    /// <summary>On the way to the disk.</summary>
    public List<FactWrite> Staged { get; } = [];
}

/// <summary>An actor of a process of a node, and its context.</summary>
internal sealed class DecisionCell(DecisionWorld world, Address self, Actor actor, DecisionNode node, int boot) : IActorContext
{
    public DecisionNode Node => node;

    public int Boot => boot;

    public HashSet<TimerId> Timers { get; } = [];

    public bool IsStopped { get; set; }

    public Address Self => self;

    public TimeSpan Now => world.Now;

    public DateTimeOffset WallNow => DateTimeOffset.UnixEpoch + world.Now;

    public RandomSource Random => world.Random;

    public void Deliver(Message message)
    {
        if (!IsStopped)
            actor.Receive(this, message);
    }

    public void Send(Address to, Message message) => world.Send(this, to, message);

    public TimerId StartTimer(TimeSpan delay, Message message) => world.StartTimer(this, delay, message);

    public void CancelTimer(TimerId timer) => Timers.Remove(timer);

    public Address Spawn(ActorRole role, Actor actor) => throw new InvalidOperationException("Nobody spawns here.");

    public void Stop() => world.Stop(this);

    public void Count(Counter counter, long amount = 1)
    {
    }
}
