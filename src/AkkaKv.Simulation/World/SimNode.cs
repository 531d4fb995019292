using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Topology;
using AkkaKv.Simulation.Disk;

namespace AkkaKv.Simulation.World;

/// <summary>One machine: it keeps its name, disk and clock while processes come and go.</summary>
internal sealed class SimNode(int index, NodeClock clock)
{
    public int Index { get; } = index;

    public NodeId Id { get; } = NameOf(index);

    public NodeClock Clock { get; } = clock;

    public required SimDisk Disk { get; set; }

    /// <summary>As the operator describes it.</summary>
    public required RingMember Member { get; set; }

    /// <summary>Somebody wants a process on this machine: it is started again whenever it died.</summary>
    public bool IsDeployed { get; set; }

    /// <summary>Its machine is lost for ever, with its disk.</summary>
    public bool IsDead { get; set; }

    /// <summary>Operators take its machine for lost, and are wrong.</summary>
    public bool IsSilent { get; set; }

    /// <summary>It was once taken for lost: somebody may still declare it dead, so nobody counts on its vote.</summary>
    public bool IsDoubted { get; set; }

    public bool SeemsDead => IsDead || IsSilent;

    /// <summary>What its process is started with, where the disk knows none; null for the list of the first members.</summary>
    public ClusterConfiguration? StartsWith { get; set; }

    /// <summary>The disk is empty while the cluster has moved on: the operator asks a member for the configuration first.</summary>
    public bool MustAsk { get; set; }

    /// <summary>The disk holds a configuration newer than the first.</summary>
    public bool HoldsConfiguration { get; set; }

    /// <summary>The id of the directory, as the process that was started last found it; 0 for a disk that was never opened.</summary>
    public ulong StoreId { get; set; }

    /// <summary>The running process; null while the node is down.</summary>
    public NodeLife? Life { get; set; }

    /// <summary>How many processes were started here so far.</summary>
    public int Boots { get; set; }

    /// <summary>How many disks it has had.</summary>
    public int Disks { get; set; } = 1;

    /// <summary>Its data is known to be damaged: the operator replaces the disk at the next occasion.</summary>
    public bool IsRotten { get; set; }

    /// <summary>The next start takes a new identity.</summary>
    public bool RenewsActor { get; set; }

    /// <summary>Its disk is an older one: who left since then holds what it had cleared.</summary>
    public bool IsRestored { get; set; }

    /// <summary>An earlier state of the disk, kept elsewhere.</summary>
    public SimDisk? Backup { get; set; }

    /// <summary>When the backup was made.</summary>
    public long BackupAt { get; set; }

    /// <summary>The process dies when it sends the so-manieth message from now on, in the middle of a handler; 0 for never.</summary>
    public int SendsUntilDeath { get; set; }

    /// <summary>The process sleeps until then while the world goes on.</summary>
    public long PausedUntil { get; set; }

    /// <summary>Until then everything that it does takes longer.</summary>
    public long SlowUntil { get; set; }

    /// <summary>Until then its disk is slow.</summary>
    public long DiskSlowUntil { get; set; }

    public bool IsUp => Life is not null;

    public static NodeId NameOf(int index) => new($"node-{index + 1}");

    public static int IndexOf(NodeId node) => int.Parse(node.Name.AsSpan(5)) - 1;
}
