namespace AkkaKv.Simulation.Faults;

/// <summary>What may go wrong. The names are the words of the command line.</summary>
public enum FaultKind
{
    /// <summary>The network is cut in two, both ways.</summary>
    Partition,

    /// <summary>One direction of one link is cut.</summary>
    OneWay,

    /// <summary>One node is cut off and comes back link by link.</summary>
    Clog,

    /// <summary>A connection is reset; what is on its way is lost.</summary>
    Reset,

    /// <summary>Single messages of a link are lost.</summary>
    Loss,

    /// <summary>Messages of a link arrive twice.</summary>
    Duplicate,

    /// <summary>Messages of a link overtake each other.</summary>
    Reorder,

    /// <summary>A link is slow.</summary>
    SlowLink,

    /// <summary>A link carries few bytes a second.</summary>
    Bandwidth,

    /// <summary>A process is killed; the system keeps what it wrote.</summary>
    Kill,

    /// <summary>A process is killed in the middle of a handler, between two of its messages.</summary>
    KillMidTurn,

    /// <summary>A node loses power; what was not synced is gone, wholly or in part.</summary>
    PowerCut,

    /// <summary>A node loses power within a call to its disk.</summary>
    TornWrite,

    /// <summary>All nodes lose power at once.</summary>
    Blackout,

    /// <summary>A process sleeps.</summary>
    Pause,

    /// <summary>A node is slow.</summary>
    SlowNode,

    /// <summary>A wall clock jumps.</summary>
    ClockJump,

    /// <summary>A node restarts with its clock set back.</summary>
    ClockBack,

    /// <summary>A disk is slow.</summary>
    SlowDisk,

    /// <summary>A disk is full.</summary>
    FullDisk,

    /// <summary>A write to the disk fails.</summary>
    WriteError,

    /// <summary>A sync fails.</summary>
    SyncError,

    /// <summary>A bit of the disk changes.</summary>
    BitRot,

    /// <summary>A node comes back with an empty disk.</summary>
    Wipe,

    /// <summary>A node comes back with an earlier state of its disk, under a new identity.</summary>
    Restore,

    /// <summary>For long: the network is cut in two, or one node is cut off.</summary>
    LongPartition,

    /// <summary>For long: a process sleeps.</summary>
    LongPause,

    /// <summary>For long: a node is down.</summary>
    LongAbsence,

    /// <summary>For long: a node is down, and comes back with an empty disk and a new identity.</summary>
    LongWipe,
}
