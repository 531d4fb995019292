using AkkaKv.Simulation.Disk;
using AkkaKv.Simulation.Network;
using AkkaKv.Simulation.World;

namespace AkkaKv.Simulation.Faults;

/// <summary>Makes the planned faults happen, and heals.</summary>
internal sealed class FaultInjector(SimWorld world)
{
    private readonly int[] _injected = new int[Enum.GetValues<FaultKind>().Length];
    private bool _healed;

    /// <summary>How many of each kind took effect.</summary>
    public IReadOnlyList<int> Injected => _injected;

    public void Start(IReadOnlyList<PlannedFault> faults)
    {
        foreach (PlannedFault fault in faults)
            world.After(fault.At, () => Inject(fault));
    }

    /// <summary>Nothing fails any more; whoever is down comes up, whoever cannot go on is restarted.</summary>
    public void Heal()
    {
        _healed = true;
        world.Trace.Note(world.Now, -1, "everything heals");
        world.Network.Heal();
        foreach (SimNode node in world.Deployed)
        {
            node.PausedUntil = Math.Min(node.PausedUntil, world.Now);
            node.Life?.Wake();
            node.SlowUntil = 0;
            node.SendsUntilDeath = 0;
            node.DiskSlowUntil = 0;
            HealDisk(node.Disk);
            if (node.IsRotten)
            {
                world.Crash(node, losesPower: false);
                world.ReplaceDisk(node);
            }
            else if (node.Life is { } life && !life.Store.Log.Status.Writable)
            {
                world.Crash(node, losesPower: false);
            }

            world.Boot(node);
        }
    }

    private void Inject(PlannedFault fault)
    {
        fault = Aimed(fault);
        if (_healed || !TryInject(fault))
            return;
        _injected[(int)fault.Kind]++;
        world.Trace.Note(
            world.Now, fault.Node, $"fault {fault.Index}: {fault.Kind}, peer node-{fault.Peer + 1}, {fault.Duration / TimeSpan.TicksPerMillisecond} ms", fault.Number);
    }

    // At machines that have a process; where the members do not change, all have one.
    private PlannedFault Aimed(PlannedFault fault)
    {
        SimNode[] deployed = [.. world.Deployed];
        return deployed.Length == 0 ? fault : fault with { Node = deployed[fault.Node % deployed.Length].Index, Peer = deployed[fault.Peer % deployed.Length].Index };
    }

    private bool TryInject(PlannedFault fault)
    {
        SimNode node = world.Nodes[fault.Node];
        return fault.Kind switch
        {
            FaultKind.Partition or FaultKind.OneWay or FaultKind.Clog or FaultKind.LongPartition => Cut(fault),
            FaultKind.Reset or FaultKind.Loss or FaultKind.Duplicate or FaultKind.Reorder or FaultKind.SlowLink or FaultKind.Bandwidth => Disturb(fault),
            FaultKind.Kill => Stop(node, losesPower: false, fault.Duration),
            FaultKind.PowerCut => Stop(node, losesPower: true, fault.Duration),
            FaultKind.Blackout => Blackout(fault.Duration),
            FaultKind.ClockBack => RestartInThePast(node, fault),
            FaultKind.LongAbsence => Stop(node, losesPower: (fault.Number & 1) != 0 && MayLose(node), fault.Duration),
            FaultKind.Wipe or FaultKind.LongWipe => Wipe(node, fault.Duration),
            FaultKind.Restore => Restore(node, fault.Duration),
            FaultKind.BitRot => Rot(node, fault),
            _ => Weaken(node, fault),
        };
    }

    // What only changes how a node behaves from now on.
    private bool Weaken(SimNode node, PlannedFault fault)
    {
        long until = world.Now + fault.Duration;
        SimDisk disk = node.Disk;
        switch (fault.Kind)
        {
            case FaultKind.Pause or FaultKind.LongPause: node.PausedUntil = Math.Max(node.PausedUntil, until); break;
            case FaultKind.SlowNode: node.SlowUntil = until; break;
            case FaultKind.ClockJump: node.Clock.Jump(JumpOf(fault)); break;
            case FaultKind.SlowDisk: node.DiskSlowUntil = until; break;
            case FaultKind.TornWrite: disk.CallsUntilPowerCut = 1 + (int)(fault.Number % 12); break;
            case FaultKind.KillMidTurn: node.SendsUntilDeath = 1 + (int)(fault.Number % 30); break;
            case FaultKind.WriteError: disk.FailingWrites = 1; break;
            case FaultKind.SyncError: disk.FailingSyncs = 1; break;
            case FaultKind.FullDisk: disk.IsFull = true; break;
            default: throw new InvalidOperationException($"Every kind of fault is injected somewhere; {fault.Kind} is not: add it.");
        }

        if (fault.Kind is FaultKind.WriteError or FaultKind.SyncError or FaultKind.FullDisk)
            world.After(fault.Duration, () => Mend(node, disk));
        return node.IsUp;
    }

    private bool Cut(PlannedFault fault)
    {
        foreach (SimLink link in world.Network.Links)
        {
            if (link.From == link.To || !IsCut(link, fault))
                continue;
            // A clogged node heals link by link.
            long duration = fault.Kind == FaultKind.Clog ? fault.Duration * (1 + ((link.From * 7) + (link.To * 3)) % 4) / 2 : fault.Duration;
            world.Network.Block(link, duration);
        }

        return world.Nodes.Length > 1;
    }

    private static bool IsCut(SimLink link, PlannedFault fault) => fault.Kind switch
    {
        FaultKind.OneWay => link.From == fault.Node && link.To == fault.Peer,
        FaultKind.Clog => link.From == fault.Node || link.To == fault.Node,
        FaultKind.LongPartition when fault.Number >> 63 != 0 => link.From == fault.Node || link.To == fault.Node,
        _ => ((fault.Number >> link.From) & 1) != ((fault.Number >> link.To) & 1),
    };

    private bool Disturb(PlannedFault fault)
    {
        if (fault.Node == fault.Peer)
            return false;
        SimLink link = world.Network.Link(fault.Node, fault.Peer);
        switch (fault.Kind)
        {
            case FaultKind.Reset: world.Network.Reset(link); return true;
            case FaultKind.Loss: link.Loss = 0.3; break;
            case FaultKind.Duplicate: link.Duplicates = 0.3; break;
            case FaultKind.Reorder: link.Reorders = true; break;
            case FaultKind.SlowLink: link.Slowness = 30; break;
            default: link.BytesPerMilli = 20; break;
        }

        world.After(fault.Duration, () => EndOf(link, fault.Kind));
        return true;
    }

    private static void EndOf(SimLink link, FaultKind kind)
    {
        switch (kind)
        {
            case FaultKind.Loss: link.Loss = 0; break;
            case FaultKind.Duplicate: link.Duplicates = 0; break;
            case FaultKind.Reorder: link.Reorders = false; break;
            case FaultKind.SlowLink: link.Slowness = 1; break;
            default: link.BytesPerMilli = 0; break;
        }
    }

    private bool Stop(SimNode node, bool losesPower, long duration)
    {
        if (!node.IsUp || (losesPower && !MayLose(node)))
            return false;
        world.Crash(node, losesPower);
        world.After(duration, () => world.Boot(node));
        return true;
    }

    private bool Blackout(long duration)
    {
        if (world.Shape.Durability != Storage.Durability.Always)
            return false;
        foreach (SimNode node in world.Nodes)
            Stop(node, losesPower: true, (duration / 2) + (node.Index * TimeSpan.TicksPerMillisecond));
        return true;
    }

    private bool RestartInThePast(SimNode node, PlannedFault fault)
    {
        if (!node.IsUp)
            return false;
        node.Clock.Jump(-Math.Abs(JumpOf(fault)) * ((fault.Number >> 62) == 3 ? 24 : 1));
        return Stop(node, losesPower: false, fault.Duration);
    }

    // A correction, some seconds, or up to an hour either way: makers of ids wait for the first.
    private static long JumpOf(PlannedFault fault)
    {
        long most = (fault.Number >> 62) switch
        {
            0 => 100 * TimeSpan.TicksPerMillisecond,
            1 => 3 * TimeSpan.TicksPerSecond,
            _ => TimeSpan.TicksPerHour,
        };
        return (long)(fault.Number % (2UL * (ulong)most)) - most;
    }

    private bool Wipe(SimNode node, long duration)
    {
        if (!node.IsUp || world.DiskLosses.Count >= world.Shape.LostDisksMax || !MayForget(node))
            return false;
        world.Crash(node, losesPower: false);
        world.ReplaceDisk(node);
        world.After(duration, () => world.Boot(node));
        return true;
    }

    // The backup was made some time before; restoring it loses what came since. One that is too old is made anew.
    private bool Restore(SimNode node, long duration)
    {
        if (!node.IsUp || node.IsRotten || world.DiskLosses.Count >= world.Shape.LostDisksMax || !MayForget(node))
            return false;
        if (node.Backup is null || world.Now + duration - node.BackupAt > world.Shape.Grace)
        {
            if (duration >= world.Shape.Grace / 2)
                return false;
            node.Backup = node.Disk.Copy();
            node.BackupAt = world.Now;
            world.After(duration, () => _ = !_healed && Restore(node, duration));
            return true;
        }

        world.Crash(node, losesPower: false);
        world.RestoreDisk(node, node.Backup);
        node.Backup = null;
        world.After(duration, () => world.Boot(node));
        return true;
    }

    // Under a weaker durability a power cut takes acknowledged writes, which counts as a lost disk.
    private bool MayLose(SimNode node) =>
        world.Shape.Durability == Storage.Durability.Always || (node.IsUp && world.DiskLosses.Count < world.Shape.LostDisksMax);

    // Where members change, most of them must remember what they promised; else nothing can ever be decided again.
    private bool MayForget(SimNode node) => !world.Shape.Changes || world.Deployment.MayForget(node);

    private bool Rot(SimNode node, PlannedFault fault)
    {
        int rotten = 0;
        foreach (SimNode other in world.Nodes)
            rotten += other.IsRotten ? 1 : 0;
        // Its disk is replaced at some later time: until then nobody leaves.
        if (node.IsRotten || world.DiskLosses.Count + rotten >= world.Shape.LostDisksMax || !MayForget(node) || world.Line.Newest.Staged.Count > 0)
            return false;
        ulong place = fault.Number;
        foreach ((string name, SimFile file) in node.Disk.Files)
        {
            if (!name.EndsWith(".log", StringComparison.Ordinal) || file.Vouched < 128)
                continue;
            node.IsRotten = true;
            file.Rot(64 + (long)(place % (ulong)(file.Vouched - 64)), (int)(place >> 60) & 7);
            return true;
        }

        return false;
    }

    // The operator sees a store that takes no writes, mends the disk and restarts the node.
    private void Mend(SimNode node, SimDisk disk)
    {
        HealDisk(disk);
        if (_healed || node.Life is not { } life || life.Store.Log.Status.Writable)
            return;
        world.Crash(node, losesPower: false);
        world.After(TimeSpan.TicksPerMillisecond * 50, () => world.Boot(node));
    }

    private static void HealDisk(SimDisk disk)
    {
        disk.CallsUntilPowerCut = 0;
        disk.FailingSyncs = 0;
        disk.FailingWrites = 0;
        disk.IsFull = false;
    }
}
