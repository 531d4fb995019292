using AkkaKv.Core.Kernel;
using AkkaKv.Simulation.World;
using AkkaKv.Wire.Codec;

namespace AkkaKv.Simulation.Workload;

/// <summary>One client: one operation after the other, at any node, with the contexts of what it saw.</summary>
internal sealed class ClientSession
{
    private readonly SimWorld _world;
    private readonly WorkloadPlan _plan;
    private readonly ClientPool _clients;
    private readonly History _history;
    private readonly RandomSource _random;
    private readonly Operation?[] _seen;
    private readonly Operation?[] _seenBefore;
    private readonly int _number;
    private readonly int _operations;
    private int _invoked;

    public ClientSession(SimWorld world, WorkloadPlan plan, ClientPool clients, History history, int number, int operations)
    {
        _world = world;
        _plan = plan;
        _clients = clients;
        _history = history;
        _number = number;
        _operations = operations;
        _random = world.Streams.Of("session", number);
        _seen = new Operation?[plan.Keys.Count];
        _seenBefore = new Operation?[plan.Keys.Count];
    }

    public bool IsQuietOver => _invoked >= WorkloadPlan.QuietOperations || IsOver;

    public bool IsOver { get; private set; }

    public void Start() => _world.After(_random.Micros(10, 2_000), RunQuiet);

    /// <summary>Goes on after the quiet beginning.</summary>
    public void StartBusy() => Think();

    private void RunQuiet()
    {
        WorkloadKey key = _plan.Keys[_plan.Keys.Count - _plan.Sessions + _number];
        OperationKind kind = _invoked % 2 == 0 ? OperationKind.Get : OperationKind.Put;
        int replicas = ReplicasOf(key);
        int majority = (replicas / 2) + 1;
        Operation operation = Make(key, kind, (replicas, majority, majority), strict: true, quiet: true, source: _seen[key.Index]);
        _invoked++;
        _clients.Invoke(operation, 8, done =>
        {
            Remember(done);
            if (_invoked < WorkloadPlan.QuietOperations)
                _world.After(_random.Micros(10, 1_000), RunQuiet);
        });
    }

    private void Think()
    {
        if (_invoked >= _operations)
        {
            IsOver = true;
            return;
        }

        _world.After((long)(_plan.ThinkTicks * 2 * _random.NextDouble()), RunOne);
    }

    private void RunOne()
    {
        WorkloadKey key = DrawKey();
        Operation operation = DrawOperation(key);
        int filler = DrawFiller();
        _invoked++;
        _clients.Invoke(operation, filler, done =>
        {
            Remember(done);
            Think();
        });
    }

    // Some fill much of a segment; a few travel in the class for large objects.
    private int DrawFiller() => _random.Next(1_000) switch
    {
        0 => WireCodec.BulkObjectBytes + 100,
        < 20 => _random.Between(1_000, 6_000),
        _ => _random.Between(0, 60),
    };

    private WorkloadKey DrawKey()
    {
        int shared = _plan.Keys.Count - _plan.Sessions;
        return _plan.Keys[_random.Chance(_plan.Hot) ? 0 : _random.Next(shared)];
    }

    private Operation DrawOperation(WorkloadKey key)
    {
        int n = ReplicasOf(key);
        (int N, int R, int W) quorum = DrawQuorum(key.Varies ? _random.Between(1, n) : n);
        bool strict = _random.Chance(_plan.Strict);
        if (_random.Chance(_plan.Reads))
            return Make(key, OperationKind.Get, quorum, strict);
        Operation? source = _random.Chance(_plan.Blind) ? null : _random.Chance(0.1) ? _seenBefore[key.Index] : _seen[key.Index];
        bool delete = _random.Chance(_plan.Deletes);

        // What replaces unseen values is kept to keys of its own, so that on the others every loss is a loss.
        if (delete && source is null && !key.IsLoose)
            return Make(key, OperationKind.Get, quorum, strict);
        bool lastWriteWins = !delete && key.IsLoose && _random.Chance(0.3);
        return Make(key, delete ? OperationKind.Delete : OperationKind.Put, quorum, strict, source: source, lastWriteWins: lastWriteWins);
    }

    // No request may name more replicas than there are members; this client has an idea of how many there are.
    private int ReplicasOf(WorkloadKey key) => Math.Min(key.Replicas, _world.Ring.MembersInOrder.Count);

    private (int N, int R, int W) DrawQuorum(int n)
    {
        if (!_random.Chance(_plan.Overlapping))
            return (n, _random.Between(1, n), _random.Between(1, n));
        int r = _random.Chance(0.7) ? (n / 2) + 1 : _random.Between(1, n);
        int w = _random.Chance(0.7) ? n - r + 1 : _random.Between(n - r + 1, n);
        return (n, r, w);
    }

    private Operation Make(
        WorkloadKey key, OperationKind kind, (int N, int R, int W) quorum, bool strict, bool quiet = false, Operation? source = null, bool lastWriteWins = false)
    {
        int node = DrawNode();
        return new Operation
        {
            Number = _history.NextNumber,
            Session = _number,
            Kind = kind,
            Key = key,
            Node = node,
            N = quorum.N,
            R = quorum.R,
            W = quorum.W,
            Strict = strict,
            Timeout = quiet ? TimeSpan.FromSeconds(2) : TimeSpan.FromMilliseconds(_random.Of(50, 200, 500, 2_000)),
            InvokedAt = _world.Now,
            IsQuiet = quiet,
            Source = kind == OperationKind.Get ? null : source,
            LastWriteWins = lastWriteWins,
            ExpiresAtMillis = quiet || kind != OperationKind.Put ? 0 : DrawExpiry(node),
        };
    }

    // Clients know nothing of who is declared dead: many go on asking it, or a world of it would show little.
    private int DrawNode()
    {
        SimNode[] deployed = [.. _world.Deployed];
        if (_world.Shape.DeclaresLiving && Array.FindAll(deployed, _world.LivingDead.Has) is { Length: > 0 } dead && _random.Chance(0.5))
            return dead[_random.Next(dead.Length)].Index;
        return deployed[_random.Next(deployed.Length)].Index;
    }

    // By the clock of the node that is asked: within the run, or past whatever a clock may jump to.
    private long DrawExpiry(int node)
    {
        if (!_random.Chance(_plan.Expiring))
            return 0;
        DateTimeOffset now = _world.Nodes[node].Clock.GetUtcNow();
        DateTimeOffset expiry = _random.Chance(0.8) ? now.AddTicks(_random.Micros(1_000, 4_000_000)) : now.AddDays(30);
        return expiry.ToUnixTimeMilliseconds();
    }

    private void Remember(Operation done)
    {
        // A read that showed nothing was ever written has no context; a write without one must be followed by a read.
        if (done.Outcome != OperationOutcome.Ok)
            return;
        _seenBefore[done.Key.Index] = _seen[done.Key.Index];
        _seen[done.Key.Index] = done.Context is null ? null : done;
    }
}
