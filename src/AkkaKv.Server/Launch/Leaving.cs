using AkkaKv.Api;

namespace AkkaKv.Server.Launch;

/// <summary>
/// Has a node leave its cluster for good: stages the leave, commits it where it is the only staged change, and waits
/// until the others have all that the node held.
/// </summary>
internal sealed class Leaving(IAkkaKv door, string node, TimeProvider clock, Action<string> say)
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SayPause = TimeSpan.FromSeconds(5);

    /// <summary>The others end their connections to it some seconds after they have heard: then it hears no more from them.</summary>
    private static readonly TimeSpan FarewellMax = TimeSpan.FromSeconds(30);

    private string said = "";
    private long saidAt = clock.GetTimestamp();
    private long? leftAt;

    /// <summary>Returns when the node belongs no longer, or cannot leave because it is alone.</summary>
    /// <exception cref="OperationCanceledException">Nobody waits any longer; the leave goes on in the cluster.</exception>
    public async Task LeaveAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (await door.ClusterAsync(cancellation) is not { } info)
            {
                Say($"{node} waits to leave: it does not say in time who belongs to its cluster");
            }
            else if (info.Everyone().All(member => member.Name != node) && !IsFarewellOver(info))
            {
                Say($"{node} has left and stops once most of the {info.Members.Count} members say that they have heard of it");
            }
            else if (info.Everyone().All(member => member.Name != node))
            {
                say($"{node} has left the cluster; what it held is with the others.");
                return;
            }
            else if (info.Members.Count == 1 && info.Next is null)
            {
                say($"{node} is the only member and cannot leave: it stops, and its data stays in its directory.");
                return;
            }
            else
            {
                await StepAsync(info, cancellation);
            }

            await Task.Delay(Poll, clock, cancellation);
        }
    }

    // Who decided may be one of those who go: where they stopped at once, those who stay might never learn that they are by
    // themselves now, and could decide nothing any more.
    private bool IsFarewellOver(ClusterChangeInfo info)
    {
        leftAt ??= clock.GetTimestamp();
        int heard = info.Progress.Count(told => told.Epoch >= info.Epoch && info.Members.Any(member => member.Name == told.Node));
        return heard > info.Members.Count / 2 || clock.GetElapsedTime(leftAt.Value) > FarewellMax;
    }

    private async Task StepAsync(ClusterChangeInfo info, CancellationToken cancellation)
    {
        if (info.Phase != ClusterChangeInfo.Settled)
        {
            bool leaves = info.Next?.All(member => member.Name != node) == true;
            Say($"{node} {(leaves ? "leaves" : "waits to leave: another change is under way")}; {ProgressText(info)}");
        }
        else if (info.Staged.All(change => change.Kind != "leave" || change.Node != node))
        {
            Tell(await door.StageAsync(new ClusterChange("leave", node), takenBack: false, cancellation), "to stage its leave");
        }
        else if (info.Staged.Count > 1)
        {
            Say($"{node} waits to leave: {info.Staged.Count - 1} other changes are staged; commit them together with 'akkakv cluster commit'");
        }
        else if (await door.PlanAsync(cancellation) is { Plan: { } plan })
        {
            Tell(await door.CommitAsync(plan.Epoch, cancellation), "to commit its leave");
        }
        else
        {
            Say($"{node} waits to leave: there is no plan for it; see 'akkakv cluster plan'");
        }
    }

    private static string ProgressText(ClusterChangeInfo info)
    {
        int done = info.Progress.Sum(member => member.PartitionsDone);
        int all = info.Progress.Sum(member => member.Partitions);
        string text = $"{info.Phase}, {done} of {all} partitions, {info.Progress.Sum(member => member.BytesPerSecond)} bytes/s";
        return info.Waiting.Length > 0 ? $"{text}; waits: {info.Waiting}" : text;
    }

    private void Tell(ChangeReply reply, string what)
    {
        if (!reply.Done)
            Say($"{node} waits {what}: {reply.Detail}");
    }

    // The same words again only now and then.
    private void Say(string text)
    {
        if (text == said && clock.GetElapsedTime(saidAt) < SayPause)
            return;
        (said, saidAt) = (text, clock.GetTimestamp());
        say(text);
    }
}
