using AkkaKv.Api;
using AkkaKv.Cli.Output;
using AkkaKv.Cli.Shell;
using AkkaKv.Client;
using AkkaKv.Reports;

namespace AkkaKv.Cli.Commands;

/// <summary>Follows a change of the members on standard error until it is done: one line drawn over on a terminal, elsewhere a line now and then.</summary>
internal sealed class ChangeProgress(Terminal terminal)
{
    private static readonly TimeSpan PollPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private string _shown = "";
    private long? _last;

    /// <param name="begunEpoch">That in which the change began: a node that has not heard of it yet must not end the waiting.</param>
    /// <param name="ask">Asks any node of the cluster.</param>
    public async Task<int> FollowAsync(long begunEpoch, Func<CancellationToken, ValueTask<ClusterChangeInfo?>> ask, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                ClusterChangeInfo? info = await AskAsync(ask, cancellation);
                if (info is { Phase: ClusterChangeInfo.Settled } && info.Epoch >= begunEpoch)
                {
                    End();
                    terminal.OutText.WriteLine($"The change is done: {Shown.Count(info.Members.Count)} members, epoch {info.Epoch}.");
                    return ExitCode.Ok;
                }

                if (info is not null && info.Phase != ClusterChangeInfo.Settled)
                    Show(Line(info));
                await Task.Delay(PollPause, terminal.Time, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            End();
            terminal.Error.WriteLine("akkakv: no longer followed; the change goes on in the cluster, see 'akkakv cluster status'");
            return ExitCode.Interrupted;
        }
    }

    /// <summary>Where the change stands, in a line.</summary>
    public static string Line(ClusterChangeInfo info)
    {
        int done = info.Progress.Sum(member => member.PartitionsDone);
        int all = info.Progress.Sum(member => member.Partitions);
        long rate = info.Progress.Sum(member => member.BytesPerSecond);
        string text = $"{info.Phase}{(info.TakenBack ? " (taken back)" : "")}: {Shown.Count(done)} of {Shown.Count(all)} partitions, "
            + $"{Shown.Count(info.Progress.Sum(member => member.BytesMoved))} bytes moved, {Shown.Count(rate)} bytes/s";
        if (TimeLeft(info) is { } left)
            text += $", about {Shown.Clock(left)} left";
        string waiting = string.Join("; ", info.Progress.Where(member => member.Waiting.Length > 0).Select(member => $"{member.Node}: {member.Waiting}").Prepend(info.Waiting).Where(why => why.Length > 0));
        return waiting.Length > 0 ? $"{text}; waits: {waiting}" : text;
    }

    // Of the slowest member, by its bytes for each partition so far. Nothing is said before the first is done.
    private static TimeSpan? TimeLeft(ClusterChangeInfo info)
    {
        var left = info.Progress
            .Where(member => member is { PartitionsDone: > 0, BytesPerSecond: > 0 } && member.PartitionsDone < member.Partitions)
            .Select(member => (double)member.BytesMoved / member.PartitionsDone * (member.Partitions - member.PartitionsDone) / member.BytesPerSecond)
            .ToList();
        return left.Count > 0 ? TimeSpan.FromSeconds(Math.Min(left.Max(), TimeSpan.FromDays(365).TotalSeconds)) : null;
    }

    // That the nodes cannot be asked for a while does not end a change.
    private async Task<ClusterChangeInfo?> AskAsync(Func<CancellationToken, ValueTask<ClusterChangeInfo?>> ask, CancellationToken cancellation)
    {
        try
        {
            return await ask(cancellation);
        }
        catch (AkkaKvException failure)
        {
            Show($"no node says how it goes: {failure.Error.Detail}");
            return null;
        }
    }

    private void Show(string line)
    {
        if (terminal.ErrorIsTerminal)
        {
            terminal.Error.Write("\r\x1b[K" + line);
            return;
        }

        if (line == _shown || (_last is { } last && terminal.Time.GetElapsedTime(last) < Every))
            return;
        (_shown, _last) = (line, terminal.Time.GetTimestamp());
        terminal.Error.WriteLine(line);
    }

    private void End()
    {
        if (terminal.ErrorIsTerminal)
            terminal.Error.Write("\r\x1b[K");
    }
}
