using AkkaKv.Core.Agreement;
using AkkaKv.Core.AntiEntropy;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Topology;
using AkkaKv.Core.Transfer;

namespace AkkaKv.Simulation.Tests.Mutants;

/// <summary>Goes to the new ring at once: no epoch in which both are written to, and so nothing that is fetched.</summary>
internal sealed class SkipsWritingBoth : Mutation
{
    private IReadOnlyList<RingMember>? _settled;

    public override Message? In(IActorContext context, Message message)
    {
        if (message is not RingTopologyAdopted { Topology: var topology })
            return message;
        if (topology.AlsoMembers is not { } also)
        {
            _settled = topology.Members;
            return message;
        }

        // What it reads from is the old ring first, and the new one then.
        bool isFirst = _settled is null || Names(_settled) == Names(topology.Members);
        return new RingTopologyAdopted(topology with { Members = isFirst ? also : topology.Members, AlsoMembers = null });
    }

    private static string Names(IReadOnlyList<RingMember> members) => string.Join(' ', members.Select(member => member.Node.Name).Order(StringComparer.Ordinal));
}

/// <summary>Proposes its own value although voters have accepted another one.</summary>
internal sealed class IgnoresAcceptedValues : Mutation
{
    public override Message? In(IActorContext context, Message message) => message is AgreementPromised promised
        ? promised with { AcceptedAt = Ballot.None, AcceptedValue = ReadOnlyMemory<byte>.Empty }
        : message;
}

/// <summary>Forgets the last batch of every partition, and takes every comparison for done.</summary>
internal sealed class DropsTheLastBatch : Mutation
{
    public override Message? In(IActorContext context, Message message) => message is TransferBatch { NextCursor: < 0 } last
        ? last with { Objects = [], Damaged = [] }
        : message;

    public override Message? Out(IActorContext context, Address to, Message message)
    {
        if (message is not CompareStart { IsPushOnly: false, Pairs.Count: > 0 } start)
            return message;
        context.Send(context.Self, new CompareTold(start.Run, start.Pairs, 0, 0, ""));
        return null;
    }
}

/// <summary>A replica that takes what was planned by an older ring.</summary>
internal sealed class DoesNotFence : Mutation
{
    public override Message? In(IActorContext context, Message message) => message switch
    {
        ReplicaRead read => read with { Epoch = 0 },
        ReplicaPut put => put with { Epoch = 0 },
        ReplicaMerge merge => merge with { Epoch = 0 },
        _ => message,
    };
}

/// <summary>Takes everyone for entered when itself has entered.</summary>
internal sealed class DoesNotWaitForAllToEnter : Mutation
{
    public override Message? In(IActorContext context, Message message) => message is EpochEntered entered ? entered with { AllEntered = true } : message;
}

/// <summary>Takes every key that is to be cleared for one that requests with a larger N have written.</summary>
internal sealed class LeavesWhatIsToBeCleared : Mutation
{
    public override Message? Out(IActorContext context, Address to, Message message)
    {
        if (message is not ReplicaForget { ClearStamp: not null })
            return message;
        context.Send(context.Self, new ReplicaForgetDone(false) { Stays = true });
        return null;
    }
}

/// <summary>A driver for whom whoever answers has entered and is done.</summary>
internal sealed class TakesEveryAnswerForDone : Mutation
{
    public override Message? In(IActorContext context, Message message) => message is TopologyStatus status
        ? status with { EnteredEpoch = long.MaxValue, Work = status.Work with { Epoch = status.Epoch, IsDone = true } }
        : message;
}
