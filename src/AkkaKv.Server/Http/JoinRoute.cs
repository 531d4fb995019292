using AkkaKv.Api;

namespace AkkaKv.Server.Http;

/// <summary>
/// How a node that wants to join introduces itself: it is judged, its join is staged where nobody has done so, and it is
/// told the configuration to start from. Nothing moves before an operator commits.
/// </summary>
internal sealed class JoinRoute(IAkkaKv door, ClusterFacts facts)
{
    private static readonly string[] PostMethods = [HttpMethods.Post];

    /// <summary>Adds the route.</summary>
    public void Map(IEndpointRouteBuilder routes) => routes.MapMethods("/cluster/join", PostMethods, JoinAsync);

    private async Task JoinAsync(HttpContext context)
    {
        var (order, problem) = await OrderReader.ReadAsync(context, PlainJson.Bodies.JoinOrder);
        problem ??= ProblemOf(order!);
        if (problem is not null)
        {
            await ProblemWriter.WriteAsync(context, problem);
            return;
        }

        if (await door.ClusterAsync(context.RequestAborted) is not { } info)
        {
            await ProblemWriter.WriteAsync(context, Problems.ClusterUnknown());
            return;
        }

        await AdmitAsync(context, order!.Member!, info);
    }

    private async Task AdmitAsync(HttpContext context, ClusterMember member, ClusterChangeInfo info)
    {
        if (info.ClusterId.Length == 0)
        {
            await ProblemWriter.WriteAsync(context, Problems.JoinRefused(
                "not-founded", $"Cluster '{facts.Name}' must be founded, for which every member must be up; it waits: {info.Waiting} Try again after a moment.", retryable: true));
            return;
        }

        bool isMember = info.Members.Any(known => known.Name == member.Name);
        bool isNext = info.Next?.Any(known => known.Name == member.Name) == true;
        if (await ProblemOfNameAsync(context, member, info) is { } taken)
        {
            await ProblemWriter.WriteAsync(context, taken);
            return;
        }

        if (isMember || isNext)
        {
            await AnswerAsync(context, info, isMember ? "member" : "joining", isMember ? $"{member.Name} is a member." : $"{member.Name} is joining.");
            return;
        }

        if (info.Staged.Any(staged => staged.Member?.Name == member.Name))
        {
            await AnswerAsync(context, info, "staged", $"The join of {member.Name} waits for its commit: 'akkakv cluster commit'.");
            return;
        }

        await StageAsync(context, member);
    }

    private async Task StageAsync(HttpContext context, ClusterMember member)
    {
        var reply = await door.StageAsync(new ClusterChange("join", member.Name, member), takenBack: false, context.RequestAborted);
        if (!reply.Done)
        {
            await ProblemWriter.WriteAsync(context, Problems.JoinRefused("not-staged", reply.Detail, retryable: true));
            return;
        }

        if (await door.ClusterAsync(context.RequestAborted) is { } staged)
            await AnswerAsync(context, staged, "staged", $"The join of {member.Name} is staged and waits for its commit: 'akkakv cluster commit'.");
        else
            await ProblemWriter.WriteAsync(context, Problems.ClusterUnknown());
    }

    private ProblemDocument? ProblemOf(JoinOrder order)
    {
        if (order.Member is not { Name.Length: > 0, Endpoint.Length: > 0, Http: not null, Zone: not null, StoreId: not null })
            return Problems.OrderIncomplete("a \"member\" with at least its \"name\" and \"endpoint\"");
        if (order.Cluster != facts.Name)
        {
            return Problems.JoinRefused(
                "wrong-cluster", $"This is a node of cluster '{facts.Name}'; {order.Member.Name} wants to join '{order.Cluster}'. Correct its Cluster:Name or the address that it asks.");
        }

        if (order.ProtocolMin > facts.ProtocolMax || order.ProtocolMax < facts.ProtocolMax)
        {
            return Problems.JoinRefused(
                "wrong-version",
                $"A node that joins must speak version {facts.ProtocolMax} of the peer protocol; {order.Member.Name} speaks {order.ProtocolMin} to {order.ProtocolMax}. Run the same release on both.");
        }

        return order.SecretFingerprint == facts.SecretFingerprint
            ? null
            : Problems.JoinRefused(
                "wrong-secret",
                $"Cluster:ContextSecret must be the same on every member; that of {order.Member.Name} differs from this node's (fingerprints {order.SecretFingerprint} and {facts.SecretFingerprint}). Set the cluster's on it.");
    }

    // A node that has lost its disk may come back under its name with an empty directory, but not beside one that runs
    // under that name.
    private async Task<ProblemDocument?> ProblemOfNameAsync(HttpContext context, ClusterMember member, ClusterChangeInfo info)
    {
        var known = info.Everyone().FirstOrDefault(each => each.Name == member.Name);
        if (known is null)
            return null;
        if (known.StoreId.Length > 0 && known.StoreId == member.StoreId)
            return null;
        var seen = (await door.MembersAsync(context.RequestAborted)).FirstOrDefault(each => each.Name == member.Name);
        return seen is not { Reachable: true }
            ? null
            : Problems.JoinRefused(
                "name-taken",
                $"The name {member.Name} belongs to a node that runs at {known.Endpoint} with another data directory. Choose another Node:Name, or stop that one first.");
    }

    private Task AnswerAsync(HttpContext context, ClusterChangeInfo info, string state, string detail) => JsonReply.WriteAsync(
        context,
        200,
        new JoinBody(
            state, detail, facts.Name, info.ClusterId, info.Epoch, info.Partitions, info.N, facts.SecretFingerprint, Convert.ToBase64String(info.Encoded.Span)),
        PlainJson.Bodies.JoinBody);
}
