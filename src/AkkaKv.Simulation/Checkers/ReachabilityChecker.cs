using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Simulation.World;

namespace AkkaKv.Simulation.Checkers;

/// <summary>What each running process believes of the members, as it told its own actors last.</summary>
internal sealed class ReachabilityChecker(SimWorld world)
{
    /// <summary>
    /// A member that is dead, asleep or cut off is seen unreachable by every other within the detector's limit; one that
    /// lives and is connected is not, once things are well.
    /// </summary>
    public const string Promise = "whoever falls silent is seen unreachable in bounded time, and nobody else";

    private readonly Opinion?[] _opinions = new Opinion?[world.Nodes.Length];

    /// <summary>How often a member said that another one can't be reached any more.</summary>
    public long Doubts { get; private set; }

    /// <summary>Of whom it was said last; empty for nobody.</summary>
    public string LastDoubted { get; private set; } = "";

    public void Sent(NodeLife life, Message message)
    {
        if (message is not ReachabilityChanged changed)
            return;
        if (_opinions[life.Node.Index] is { } before && before.Life == life && world.Members.Contains(life.Node))
        {
            SimNode? doubted = world.Members.FirstOrDefault(member => before.Snapshot.IsReachable(member.Id) && !changed.Snapshot.IsReachable(member.Id));
            Doubts += doubted is null ? 0 : 1;
            LastDoubted = doubted is null ? LastDoubted : doubted.Id.Name;
        }

        _opinions[life.Node.Index] = new Opinion(life, changed.Snapshot);
    }

    public bool Believes(SimNode observer, SimNode member) =>
        _opinions[observer.Index] is { } opinion && opinion.Life == observer.Life && opinion.Snapshot.IsReachable(member.Id);

    /// <summary>Everybody runs and believes so of everybody, but for the one.</summary>
    public bool AllBelieve(IReadOnlyList<SimNode> members, SimNode? except = null)
    {
        foreach (SimNode observer in members)
        {
            foreach (SimNode member in members)
            {
                if (observer != except && member != except && !Believes(observer, member))
                    return false;
            }
        }

        return true;
    }

    /// <summary>Nobody else believes that the one can be reached.</summary>
    public bool NobodyBelieves(IReadOnlyList<SimNode> members, SimNode silent)
    {
        foreach (SimNode observer in members)
        {
            if (observer != silent && Believes(observer, silent))
                return false;
        }

        return true;
    }

    private sealed record Opinion(NodeLife Life, ReachabilitySnapshot Snapshot);
}
