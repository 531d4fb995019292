using AkkaKv.Core.Kernel;
using AkkaKv.Core.Membership;
using AkkaKv.Core.Reaping;

namespace AkkaKv.Simulation.Tests.Mutants;

/// <summary>Agrees that a key is dead, whatever it holds itself.</summary>
internal sealed class AgreesToEverything : Mutation
{
    public override Message? Out(IActorContext context, Address to, Message message) => message is ReapCheckDone done
        ? done with { View = 1, Verdicts = [.. done.Verdicts.Select(_ => ReapVerdict.Agreed)] }
        : message;
}

/// <summary>Asks only itself whether a key is dead, and speaks for the others: also for those that are away.</summary>
internal sealed class AsksNobodyElse(IReadOnlyList<NodeId> members) : Mutation
{
    public override Message? In(IActorContext context, Message message) => message is ReachabilityChanged changed
        ? new ReachabilityChanged(changed.Snapshot with { Reachable = members.ToHashSet() })
        : message;

    public override Message? Out(IActorContext context, Address to, Message message)
    {
        if (message is not ReapCheck check || to.Node == context.Self.Node)
            return message;
        context.Send(context.Self, new ReapCheckDone(check.Round, to.Node, 1, new ReapVerdict[check.Keys.Count]));
        return null;
    }
}
