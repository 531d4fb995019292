using AkkaKv.Api;
using AkkaKv.Host.Settings;

namespace AkkaKv.Host.AkkaNet.Members;

/// <summary>What is still to be done so that the topology says what the Akka cluster says, and does it. Without a state of its own.</summary>
internal static class MemberWishes
{
    /// <param name="order">Who does not lead only looks which are fulfilled.</param>
    /// <param name="now">On the clock of <see cref="MemberWish.Since"/>.</param>
    public static async Task<FeedDone> FulfilAsync(IAkkaKv door, IReadOnlyList<MemberWish> wishes, MemberOrder order, MemberRules rules, TimeSpan now)
    {
        if (await door.ClusterAsync(CancellationToken.None) is not { ClusterId.Length: > 0 } info)
            return new FeedDone([], "");
        bool leads = order.Leads(info);

        // What is staged waits for its commit, and so for whoever leads when another change is over, or a leave is old enough.
        bool waits = rules.Mode == MemberEventMode.Commit && info.Staged.Count > 0;
        var fulfilled = new List<MemberWish>();
        var told = new List<string>();
        foreach (MemberWish wish in wishes)
        {
            if (NeededFor(wish, info) is { } needed)
            {
                if (leads)
                    told.Add(await StageAsync(door, needed));
            }
            else if (!waits && !IsLeaving(wish, info))
            {
                fulfilled.Add(wish);
            }
        }

        bool mayCommit = waits && told.Count == 0 && info.Phase == ClusterChangeInfo.Settled && !wishes.Any(wish => IsYoung(wish, info, now - rules.LeaveAfter));
        if (leads && mayCommit)
            told.Add(await CommitAsync(door));
        return new FeedDone(fulfilled, string.Join(" ", told.Where(text => text.Length > 0)));
    }

    /// <summary>The change that is missing; null when what is wished is so, or is on its way.</summary>
    internal static (ClusterChange Change, bool TakenBack)? NeededFor(MemberWish wish, ClusterChangeInfo info)
    {
        bool belongs = info.Everyone().Any(member => member.Name == wish.Name);
        ClusterChange? staged = info.Staged.FirstOrDefault(change => change.Node == wish.Name || change.Member?.Name == wish.Name);
        if (wish.IsThere && belongs)
            return staged is { Kind: "leave" } ? (staged, true) : null;
        if (wish.IsThere)
            return staged is null ? (new ClusterChange("join", wish.Name, new ClusterMember(wish.Name, wish.Endpoint)), false) : null;
        if (belongs)
            return staged is null ? (new ClusterChange("leave", wish.Name, Dead: wish.IsDead), false) : null;
        return staged is { Kind: "join" } ? (staged, true) : null;
    }

    // It has come back while the change that takes it out goes on: it is to join when that is over.
    private static bool IsLeaving(MemberWish wish, ClusterChangeInfo info) =>
        wish.IsThere && info.Next is { } next && next.All(member => member.Name != wish.Name);

    // It may still come back, as in a rolling restart.
    private static bool IsYoung(MemberWish wish, ClusterChangeInfo info, TimeSpan since) =>
        !wish.IsThere && wish.Since > since && info.Staged.Any(change => change.Kind == "leave" && change.Node == wish.Name);

    private static async Task<string> StageAsync(IAkkaKv door, (ClusterChange Change, bool TakenBack) needed)
    {
        ChangeReply reply = await door.StageAsync(needed.Change, needed.TakenBack, CancellationToken.None);
        string what = needed.TakenBack ? $"take back the {needed.Change.Kind} of {needed.Change.Node}" : $"stage the {needed.Change.Kind} of {needed.Change.Node}";
        return reply.Done
            ? $"The Akka cluster's members changed: {what}. {reply.Detail}"
            : $"The Akka cluster's members changed, but the topology did not {what}: {reply.Detail}";
    }

    private static async Task<string> CommitAsync(IAkkaKv door)
    {
        PlanReply plan = await door.PlanAsync(CancellationToken.None);
        if (plan.Plan is not { } ready)
            return plan.Problem;
        ChangeReply reply = await door.CommitAsync(ready.Epoch, CancellationToken.None);
        return reply.Detail;
    }
}
