using AkkaKv.Core.Ids;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Tests.Ids;

/// <summary>One node of an <see cref="IdWorld"/>: its actors, its clock and its disk.</summary>
internal sealed class IdNode
{
    private readonly IdWorld _world;
    private readonly ulong _storeId;
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _facts = [];
    private readonly Dictionary<ulong, Action<IdsTold>> _callers = [];
    private Dictionary<Address, Cell> _cells = [];
    private Queue<(FactWrite Write, bool IsAcknowledged)> _writing = new();
    private int _life;
    private ulong _nextCall = 1;

    public IdNode(IdWorld world, NodeId id, ulong storeId)
    {
        _world = world;
        _storeId = storeId;
        Id = id;
        Start();
    }

    public NodeId Id { get; }

    public long LastId { get; set; } = -1;

    /// <summary>Its wall clock ahead of true time, in milliseconds.</summary>
    public long ClockAheadMillis { get; set; }

    public bool DiskFails { get; set; }

    public bool DiskHolds { get; set; }

    /// <summary>Writes that are not on the disk yet.</summary>
    public int Held => _writing.Count;

    public int Writes { get; private set; }

    public List<IdRefusal> Refusals { get; } = [];

    public long WallMillis => IdWorld.Beginning + _world.NowMillis + ClockAheadMillis;

    /// <summary>As the disk has it now, in milliseconds since 1970.</summary>
    public long DurableMark => SnowflakeMark.TryDecode(Fact(IdActor.FactName), out SnowflakeMark? mark) ? mark!.MarkUnixMillis : -1;

    public ReadOnlyMemory<byte> Fact(string name) => _facts.GetValueOrDefault(name);

    public void SetFact(string name, ReadOnlyMemory<byte> value) => _facts[name] = value;

    /// <summary>Adds a counter.</summary>
    public Address Add(Address address, Actor actor)
    {
        var cell = new Cell(this, address, actor);
        _cells.Add(address, cell);
        actor.Start(cell);
        return address;
    }

    public void Ask(int count, Action<IdsTold>? then = null) => Ask(IdPlaces.Snowflake(Id), count, then);

    public void Ask(Address to, int count, Action<IdsTold>? then = null)
    {
        ulong call = _nextCall++;
        _callers.Add(call, told =>
        {
            if (told.Refusal is { } refusal)
                Refusals.Add(refusal);
            else
                told.Ranges.Sum(range => range.Count).ShouldBe(count);
            if (to.Number == 0)
                _world.Take(this, told.Ranges);
            then?.Invoke(told);
        });
        Send(to, new IdsAsk(count, call + 1_000, new Address(Id, ActorRole.Caller, call)));
    }

    /// <summary>Ends the process; what was under way to the disk may be there or not.</summary>
    public void Crash()
    {
        _life++;
        _cells = [];
        foreach ((FactWrite write, bool _) in _writing)
        {
            if (_world.Random.Next(2) == 0)
                break;
            _facts[write.Name] = write.Value;
        }

        _writing = new();
    }

    public void Start()
    {
        IdOptions options = _world.Options with { StoreId = _storeId };
        if (options.Worker is { } worker)
            _world.Grants.Note(Id, WorkerGrant.AssignedByHand(worker, _storeId));
        else
            options = options with { GrantSource = new Address(Id, ActorRole.Topology, 0) };
        Add(IdPlaces.Snowflake(Id), new IdActor(options));
    }

    public void Deliver(Message message) => Deliver(IdPlaces.Snowflake(Id), message);

    public void Deliver(Address to, Message message)
    {
        if (_cells.TryGetValue(to, out Cell? cell))
            cell.Receive(message);
    }

    /// <summary>Lets the disk finish what it holds.</summary>
    public void Release()
    {
        DiskHolds = false;
        while (_writing.Count > 0)
            Finish();
    }

    private void Send(Address to, Message message)
    {
        if (to.Node != Id)
            _world.After(1, () => Array.Find(_world.Nodes, node => node.Id == to.Node)!.Deliver(to, message));
        else if (to.Role == ActorRole.Store)
            OnStore(message);
        else if (to.Role == ActorRole.Topology)
            _world.Grants.Answer(this, (WorkerGrantAsk)message);
        else if (to.Role == ActorRole.Caller)
            Answer(to.Number, (IdsTold)message);
        else
            Alive(0, () => Deliver(to, message));
    }

    private void Answer(ulong call, IdsTold told)
    {
        told.Ticket.ShouldBe(call + 1_000);
        _callers.Remove(call, out Action<IdsTold>? then).ShouldBeTrue("a question is answered once");
        then!(told);
    }

    private void OnStore(Message message)
    {
        if (message is FactRead read)
        {
            Alive(1, () => Deliver(read.ReplyTo, new FactReadDone(read.Ticket, Fact(read.Name))));
            return;
        }

        var write = (FactWrite)message;
        Writes++;
        if (DiskFails)
        {
            Alive(1, () => Deliver(write.ReplyTo, new FactWriteDone(write.Ticket, IsDone: false)));
            return;
        }

        _writing.Enqueue((write, _world.AcknowledgesEarly));
        if (_world.AcknowledgesEarly)
            Alive(0, () => Deliver(write.ReplyTo, new FactWriteDone(write.Ticket, IsDone: true)));
        if (!DiskHolds)
            Alive(_world.WriteMillis(), Finish);
    }

    private void Finish()
    {
        if (!_writing.TryDequeue(out (FactWrite Write, bool IsAcknowledged) next))
            return;
        _facts[next.Write.Name] = next.Write.Value;
        if (!next.IsAcknowledged)
            Deliver(next.Write.ReplyTo, new FactWriteDone(next.Write.Ticket, IsDone: true));
    }

    private void Alive(long millis, Action action)
    {
        int life = _life;
        _world.After(millis, () =>
        {
            if (life == _life)
                action();
        });
    }

    private sealed class Cell(IdNode node, Address self, Actor actor) : IActorContext
    {
        public Address Self => self;

        public TimeSpan Now => TimeSpan.FromMilliseconds(node._world.NowMillis);

        public DateTimeOffset WallNow => DateTimeOffset.FromUnixTimeMilliseconds(node.WallMillis);

        public RandomSource Random => node._world.Random;

        public void Receive(Message message) => actor.Receive(this, message);

        public void Send(Address to, Message message) => node.Send(to, message);

        public TimerId StartTimer(TimeSpan delay, Message message)
        {
            node.Alive((long)Math.Ceiling(delay.TotalMilliseconds), () => actor.Receive(this, message));
            return default;
        }

        public void CancelTimer(TimerId timer) => throw new InvalidOperationException("Makers of ids cancel no timers.");

        public Address Spawn(ActorRole role, Actor spawned) => throw new InvalidOperationException("Makers of ids spawn nobody.");

        public void Stop() => throw new InvalidOperationException("Makers of ids don't stop.");

        public void Count(Counter counter, long amount = 1)
        {
        }
    }
}
