using AkkaKv.Core.AntiEntropy;
using AkkaKv.Core.Coordination;
using AkkaKv.Core.Gateway;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Node;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Topology;
using AkkaKv.Simulation.Checkers;
using AkkaKv.Simulation.Disk;
using AkkaKv.Simulation.Network;
using AkkaKv.Storage;

namespace AkkaKv.Simulation.World;

/// <summary>
/// A cluster in one thread on virtual time. Everything that happens is an event in one heap; everything that is random
/// comes from one seed.
/// </summary>
internal sealed class SimWorld
{
    public const string Cluster = "simulation";

    public static readonly ReadOnlyMemory<byte> Secret = "simulation"u8.ToArray();

    private readonly EventHeap _events = new();
    private readonly RandomSource _delays;
    private readonly RandomSource _hops;

    public SimWorld(SeedStreams streams, WorldShape shape, WorldSeams seams)
    {
        Streams = streams;
        Shape = shape;
        Seams = seams;
        _delays = streams.Of("disk-delay");
        _hops = streams.Of("hop-delay");
        Dots = new DotChecker(this);
        HintKeeping = new HintKeepingChecker(this);
        Stores = new StoreChecker(this);
        Nodes = new SimNode[shape.Machines];
        RandomSource clocks = streams.Of("clocks");
        for (int i = 0; i < Nodes.Length; i++)
            Nodes[i] = new SimNode(i, ClockOf(clocks)) { Disk = NewDisk(i, 1), Member = MemberOf(i), IsDeployed = i < shape.Nodes };
        Founding = new RingTopology(1, shape.Partitions, shape.Replicas, [.. Nodes.Take(shape.Nodes).Select(node => node.Member)]);
        LivingDead = new LivingDead(this);
        Line = new ConfigurationLine(this);
        Ids = new IdChecker(this);
        Reachability = new ReachabilityChecker(this);
        Calls = new CallDesk(this);
        Deployment = new Deployment(this);
        Network = new SimNetwork(this);
    }

    public SeedStreams Streams { get; }

    public WorldShape Shape { get; }

    public WorldSeams Seams { get; }

    public Trace Trace { get; } = new();

    public DotChecker Dots { get; }

    public HintKeepingChecker HintKeeping { get; }

    public StoreChecker Stores { get; }

    public ReachabilityChecker Reachability { get; }

    public SimNode[] Nodes { get; }

    public SimNetwork Network { get; }

    /// <summary>The members that the cluster begins with.</summary>
    public RingTopology Founding { get; }

    /// <summary>Every configuration that any node ever had.</summary>
    public ConfigurationLine Line { get; }

    /// <summary>Those who were declared dead and live on.</summary>
    public LivingDead LivingDead { get; }

    /// <summary>Every unique id that any node ever made.</summary>
    public IdChecker Ids { get; }

    /// <summary>Questions of operators and of clients of ids.</summary>
    public CallDesk Calls { get; }

    /// <summary>Which machines run, and what their processes are started with.</summary>
    public Deployment Deployment { get; }

    /// <summary>The machines on which somebody wants a process, in their order.</summary>
    public IEnumerable<SimNode> Deployed => Nodes.Where(static node => node.IsDeployed);

    /// <summary>The members of the newest configuration that anybody knows, in the order of the machines.</summary>
    public IReadOnlyList<SimNode> Members => Line.MembersOf(Line.Newest);

    /// <summary>The newest ring that anybody knows.</summary>
    public RingSnapshot Ring => Line.Ring;

    /// <summary>Virtual time since the beginning, in ticks of 100 ns.</summary>
    public long Now { get; private set; }

    /// <summary>The first promise that was broken; the run ends there.</summary>
    public Violation? Violation { get; private set; }

    /// <summary>When a node lost acknowledged data with its disk.</summary>
    public List<long> DiskLosses { get; } = [];

    /// <summary>What the actors of all nodes counted, by <see cref="Counter"/>.</summary>
    public long[] Counted { get; } = new long[Enum.GetValues<Counter>().Length];

    /// <summary>What operators ordered and were told is done.</summary>
    public long OrdersTaken { get; set; }

    /// <summary>Messages to actors and nodes that are not there.</summary>
    public long DroppedUnknownAddress { get; set; }

    /// <summary>Takes the replies to clients.</summary>
    public Action<int, Message> Reply { get; set; } = static (_, _) => { };

    /// <summary>Told when a process has died.</summary>
    public Action<SimNode> NodeDied { get; set; } = static _ => { };

    private NodeClock ClockOf(RandomSource clocks) =>
        new(this, clocks.Between(-5_000, 5_000) * TimeSpan.TicksPerMillisecond, clocks.Between(-100, 100) * 1e-6);

    public void At(long due, Action run) => _events.Add(Math.Max(due, Now), run);

    public void After(long delay, Action run) => At(Now + delay, run);

    /// <summary>Runs events until the condition holds, or virtual time reaches the deadline, or a promise is broken.</summary>
    /// <returns>True when the condition holds.</returns>
    public bool RunUntil(Func<bool> done, long deadline)
    {
        while (Violation is null)
        {
            if (done())
                return true;
            if (_events.Count == 0 || _events.NextDue > deadline)
            {
                Now = Math.Max(Now, deadline);
                return done();
            }

            Now = _events.NextDue;
            _events.Take()();
        }

        return false;
    }

    public void Fail(string promise, string story) => Violation ??= new Violation(promise, story);

    /// <summary>Runs a process's work. A power cut ends the process; an exception is a fault of the product.</summary>
    public void Guard(SimNode node, Action work)
    {
        try
        {
            work();
        }
        catch (ProcessDiedException)
        {
            Crash(node, losesPower: false);
            After(TimeSpan.TicksPerMillisecond * 20, () => Boot(node));
        }
        catch (PowerCutException)
        {
            Crash(node, losesPower: true);
            After(TimeSpan.TicksPerMillisecond * 300, () => Boot(node));
        }
#pragma warning disable CA1031 // Whatever an actor throws would have stopped its node: that is what is reported.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Fail("a node stops only when it is stopped", $"{node.Id} stopped itself: {failure}");
        }
    }

    public void Boot(SimNode node)
    {
        if (node.IsUp || !node.IsDeployed || Violation is not null || Deployment.AsksFirst(node))
            return;
        node.Boots++;
        node.PausedUntil = 0;
        var life = new NodeLife(this, node);
        Trace.Note(Now, node.Index, $"starts, process {node.Boots}, disk {node.Disks}");
        try
        {
            life.Store.Open(OptionsOf(node));
        }
        catch (PowerCutException)
        {
            LosePower(node);
            Retry(node, "lost power while opening its store");
            return;
        }
        catch (StoreOpenException failure)
        {
            node.Disk.LoseProcess();
            OnOpenFailed(node, failure);
            return;
        }

        Stores.Opened(node, life.Store);
        node.RenewsActor = false;
        node.StoreId = life.Store.Log.Identity.VoterId;
        node.Life = life;
        Ids.Opened(node, life.Store);
        ClusterConfiguration? configuration = Deployment.ConfigurationOf(node);
        Network.NodeStarts(node, configuration);
        Guard(node, () => life.Start(NodeTuning.Of(this, node, life.Loops, configuration)));
        Network.NodeUp(node);
    }

    public void Crash(SimNode node, bool losesPower)
    {
        if (!node.IsUp)
            return;
        Trace.Note(Now, node.Index, losesPower ? "loses power" : "is killed");
        node.Life = null;
        if (losesPower)
            LosePower(node);
        else
            node.Disk.LoseProcess();

        Dots.Died(node.Id);
        Network.NodeDown(node, losesPower);
        NodeDied(node);
    }

    /// <summary>The node, which must be down, gets an empty disk.</summary>
    public void ReplaceDisk(SimNode node)
    {
        GiveFreshDisk(node);
        LoseData(node);
    }

    /// <summary>An empty disk for a node, which must be down, whose data nobody counts on any more.</summary>
    public void GiveFreshDisk(SimNode node)
    {
        node.Disks++;
        node.IsRotten = false;
        node.IsRestored = false;
        node.Disk = NewDisk(node.Index, node.Disks);
        Trace.Note(Now, node.Index, $"gets an empty disk, number {node.Disks}");
        Deployment.LostDisk(node);
        Stores.Forget(node);
    }

    /// <summary>The machine is lost for ever, and its disk with it.</summary>
    public void Bury(SimNode node)
    {
        Crash(node, losesPower: false);
        node.IsDead = true;
        node.IsDeployed = false;
        LivingDead.Ended(node);
        Trace.Note(Now, node.Index, "is lost for ever");
        LoseData(node);
    }

    /// <summary>The node, which must be down, gets an earlier state of its disk back; the operator asks for a new identity.</summary>
    public void RestoreDisk(SimNode node, SimDisk backup)
    {
        node.Disks++;
        node.IsRotten = false;
        node.IsRestored = true;
        node.RenewsActor = true;
        node.StoreId = 0; // Until it is opened nobody knows the new one; the old one votes no more.
        node.Disk = backup;
        Trace.Note(Now, node.Index, "gets its disk back as it was");
        LoseData(node);
    }

    public long HopDelay() => _hops.Next(400);

    public long DiskDelay(SimNode node, bool write)
    {
        long delay = (write ? Shape.SyncDelay / 8 : Shape.SyncDelay) + 1;
        delay += (long)(delay * 2 * _delays.NextDouble());
        return Now < node.DiskSlowUntil ? delay * 40 : delay;
    }

    // Under a weaker durability a power cut takes acknowledged writes: the same as a lost disk to whoever counts.
    private void LosePower(SimNode node)
    {
        node.Disk.LosePower();
        if (Shape.Durability != Durability.Always)
            LoseData(node);
    }

    private void LoseData(SimNode node)
    {
        DiskLosses.Add(Now);
        Stores.Forget(node);
    }

    private void OnOpenFailed(SimNode node, StoreOpenException failure)
    {
        if (failure.InnerException is IOException)
        {
            Retry(node, "could not open its store: " + failure.InnerException.Message);
        }
        else if (node.IsRotten)
        {
            ReplaceDisk(node);
            Boot(node);
        }
        else
        {
            Fail("a store opens again after any crash", $"{node.Id}: {failure.Message}");
        }
    }

    private void Retry(SimNode node, string why)
    {
        Trace.Note(Now, node.Index, why);
        After(TimeSpan.TicksPerMillisecond * 200, () => Boot(node));
    }

    private RingMember MemberOf(int machine) =>
        new(SimNode.NameOf(machine), 1, Shape.Zones == 1 ? "" : "zone-" + (machine % Shape.Zones)) { Endpoint = $"node-{machine + 1}:7000", Http = $"node-{machine + 1}:8000" };

    private SimDisk NewDisk(int node, int number) =>
        new($"/node-{node + 1}/disk-{number}", Streams.Of("disk-" + node, number));

    private StoreOptions OptionsOf(SimNode node)
    {
        RandomSource identities = Streams.Of("identity-" + node.Index, node.Boots);
        return Seams.Store(new StoreOptions
        {
            Node = node.Id.Name,
            Cluster = Cluster,
            Time = node.Clock,
            DrawId = identities.NextUInt64,
            Durability = Shape.Durability,
            SegmentBytes = Shape.SegmentBytes,
            PendingBytesMax = Shape.PendingBytesMax,
            DotsPerBlock = Shape.DotsPerBlock,
            DotsPerReservation = 8L * Shape.DotsPerBlock,
            RenewActor = node.RenewsActor,
        });
    }
}

/// <summary>A promise that was broken, and how.</summary>
public sealed record Violation(string Promise, string Story);
