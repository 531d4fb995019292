using AkkaKv.Api;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Topology;
using AkkaKv.Host.Callers;

namespace AkkaKv.Host.Doors;

/// <summary>The part of the door that is about changes of the members: asks the topology's actor, for a bounded time.</summary>
/// <param name="isThere">False when the node was made without that actor: nobody need wait for its answers.</param>
internal sealed class TopologyDoor(INodeRuntime runtime, NodeId self, TimeProvider clock, bool isThere)
{
    /// <summary>To tell what is known takes a turn of a loop; more is a node that is overloaded.</summary>
    private static readonly TimeSpan TellingMax = TimeSpan.FromSeconds(2);

    /// <summary>A decision takes some round trips, and more when two are proposed at once.</summary>
    private static readonly TimeSpan DecidingMax = TimeSpan.FromSeconds(15);

    public async ValueTask<ClusterChangeInfo?> ClusterAsync(CancellationToken cancellation)
    {
        var told = await AskAsync<TopologyTold>(replyTo => new TopologyAsk(replyTo), TellingMax, cancellation);
        return told is null ? null : TopologyWords.Of(told);
    }

    public ValueTask<ChangeReply> StageAsync(ClusterChange change, bool takenBack, CancellationToken cancellation)
    {
        // What is taken back is known by its node alone.
        ClusterChange asked = takenBack ? new ClusterChange("leave", change.Node) : change;
        (StagedChange? staged, string? problem) = TopologyWords.Parse(asked);
        return staged is null
            ? new ValueTask<ChangeReply>(new ChangeReply(Done: false, problem!, 0))
            : DecideAsync(replyTo => new TopologyStage(staged, takenBack, replyTo), cancellation);
    }

    public async ValueTask<PlanReply> PlanAsync(CancellationToken cancellation)
    {
        var told = await AskAsync<TopologyPlanTold>(replyTo => new TopologyPlanAsk(replyTo), DecidingMax, cancellation);
        return told switch
        {
            null => new PlanReply(null, $"{self} must say what would move, and did not within {DecidingMax.TotalSeconds:0} s. Ask again, or ask another node."),
            { Plan: { } plan } => new PlanReply(TopologyWords.Of(plan), ""),
            _ => new PlanReply(null, told.Problem),
        };
    }

    public ValueTask<ChangeReply> CommitAsync(long epoch, CancellationToken cancellation) =>
        DecideAsync(replyTo => new TopologyCommit(epoch, replyTo), cancellation);

    public ValueTask<ChangeReply> AbortAsync(IReadOnlyList<string> dead, CancellationToken cancellation) =>
        DecideAsync(replyTo => new TopologyAbort([.. dead.Select(name => new NodeId(name))], replyTo), cancellation);

    private async ValueTask<ChangeReply> DecideAsync(Func<Address, Message> make, CancellationToken cancellation)
    {
        var answer = await AskAsync<TopologyAnswer>(make, DecidingMax, cancellation);
        return answer is not null
            ? new ChangeReply(answer.IsDone, answer.Detail, answer.Epoch)
            : new ChangeReply(
                Done: false,
                $"A majority of the members must decide, and {self} did not say within {DecidingMax.TotalSeconds:0} s that they did: it may still be done. See 'akkakv cluster status' before you repeat it.",
                0,
                IsKnown: false);
    }

    private async ValueTask<TReply?> AskAsync<TReply>(Func<Address, Message> make, TimeSpan timeMax, CancellationToken cancellation)
        where TReply : Message
    {
        using var deadline = new CancellationTokenSource(timeMax, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        var to = new Address(self, ActorRole.Topology, 0);
        if (!isThere || !runtime.TryAsk(to, make, static (make, replyTo) => make(replyTo), either.Token, out ValueTask<Message> reply))
            return null;
        try
        {
            return (TReply)await reply;
        }
        catch (NodeStoppedException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }
}
