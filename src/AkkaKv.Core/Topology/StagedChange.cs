using AkkaKv.Core.Kernel;
using AkkaKv.Core.Ring;

namespace AkkaKv.Core.Topology;

/// <summary>What an operator may ask for. The numbers are on disks.</summary>
public enum ChangeKind : byte
{
    /// <summary><see cref="StagedChange.Member"/> joins.</summary>
    Join = 0,

    /// <summary><see cref="StagedChange.Node"/> leaves.</summary>
    Leave = 1,

    /// <summary><see cref="StagedChange.Member"/> takes the place of <see cref="StagedChange.Node"/>.</summary>
    Replace = 2,

    /// <summary><see cref="StagedChange.Node"/> gets the weight of <see cref="StagedChange.Member"/>.</summary>
    Weight = 3,

    /// <summary><see cref="StagedChange.Node"/> gets the zone of <see cref="StagedChange.Member"/>.</summary>
    Zone = 4,
}

/// <summary>One change that waits for its commit.</summary>
/// <param name="Node">Whom it is about.</param>
/// <param name="Member">What the member is to be; null for a leave.</param>
/// <param name="IsDead">Leave and replace: the node will never answer again; nothing is fetched from it and nobody waits for it.</param>
public sealed record StagedChange(ChangeKind Kind, NodeId Node, RingMember? Member, bool IsDead = false);
