using System.Globalization;
using AkkaKv.Api;
using AkkaKv.Cli.Shell;
using AkkaKv.Reports;

namespace AkkaKv.Cli.Output;

/// <summary>Who belongs and what changes, for people.</summary>
internal sealed class ClusterPrinter(Terminal terminal)
{
    public void Print(ClusterChangeInfo info)
    {
        TextWriter output = terminal.OutText;
        string id = info.ClusterId.Length > 0 ? "cluster " + info.ClusterId : "not founded yet";
        string phase = info.Phase + (info.TakenBack ? " (taken back)" : "");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{id}, epoch {info.Epoch}, {phase}; {info.Partitions} partitions, {info.N} replicas"));
        TablePrinter.ForOut(terminal).Print(
            ["NODE", "PEERS AT", "HTTP", "ZONE", "WEIGHT", "STATE", "EPOCH", "WORKER", "PARTITIONS", "KEYS", "BYTES", "BYTES/S", "WAITS FOR"],
            info.Members.Concat((info.Next ?? []).Where(next => info.Members.All(member => member.Name != next.Name)))
                .OrderBy(member => member.Name, StringComparer.Ordinal)
                .Select(member => Cells(info, member)));
        foreach (ClusterChange change in info.Staged)
            output.WriteLine("staged: " + Text(change));
        if (info.Waiting.Length > 0)
            output.WriteLine("! waits: " + info.Waiting);
    }

    public static string Text(ClusterChange change)
    {
        ClusterMember? member = change.Member;
        string dead = change.Dead ? ", dead" : "";
        return change.Kind switch
        {
            "join" => $"{change.Node} joins at {member?.Endpoint}{Place(member)}",
            "replace" => $"{member?.Name} at {member?.Endpoint} takes the place of {change.Node}{dead}",
            "weight" => string.Create(CultureInfo.InvariantCulture, $"{change.Node} gets the weight {member?.Weight}"),
            "zone" => $"{change.Node} gets the zone '{member?.Zone}'",
            _ => $"{change.Node} {change.Kind}s{dead}",
        };
    }

    private static string Place(ClusterMember? member) =>
        member is null ? "" : string.Create(CultureInfo.InvariantCulture, $", weight {member.Weight}{(member.Zone.Length > 0 ? ", zone " + member.Zone : "")}");

    private static IReadOnlyList<string> Cells(ClusterChangeInfo info, ClusterMember member)
    {
        MemberProgress? progress = info.Progress.FirstOrDefault(each => each.Node == member.Name);
        return
        [
            member.Name,
            member.Endpoint,
            member.Http,
            member.Zone,
            member.Weight.ToString("0.##", CultureInfo.InvariantCulture),
            StateOf(info, member.Name),
            progress is null ? "?" : progress.EnteredEpoch.ToString(CultureInfo.InvariantCulture),
            WorkerOf(info, member.Name),
            progress is null || progress.Partitions == 0 ? "" : $"{Shown.Count(progress.PartitionsDone)} of {Shown.Count(progress.Partitions)}",
            progress is null or { KeysMoved: 0 } ? "" : Shown.Count(progress.KeysMoved),
            progress is null or { BytesMoved: 0 } ? "" : Shown.Count(progress.BytesMoved),
            progress is null or { BytesPerSecond: 0 } ? "" : Shown.Count(progress.BytesPerSecond),
            progress is null ? "not heard from" : progress.Waiting,
        ];
    }

    // The number of its ids, and how long it may use it.
    private static string WorkerOf(ClusterChangeInfo info, string node)
    {
        WorkerInfo? held = info.Workers.Where(worker => worker.Node == node).MaxBy(worker => worker.Until ?? DateTimeOffset.MaxValue);
        if (held is null)
            return "";
        string until = held.Until is { } end ? end.UtcDateTime.ToString("'until' yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture) : "by hand";
        return string.Create(CultureInfo.InvariantCulture, $"{held.Worker} {until}");
    }

    private static string StateOf(ClusterChangeInfo info, string node)
    {
        if (info.Gone.Contains(node))
            return "dead";
        if (info.Next is not { } next)
            return "member";
        if (next.All(member => member.Name != node))
            return "leaves";
        return info.Members.Any(member => member.Name == node) ? "member" : "joins";
    }
}
