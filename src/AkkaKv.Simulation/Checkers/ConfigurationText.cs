using System.Globalization;
using AkkaKv.Core.Ring;
using AkkaKv.Core.Topology;

namespace AkkaKv.Simulation.Checkers;

/// <summary>A configuration in words: everything that is in it, so that two that differ read differently.</summary>
internal static class ConfigurationText
{
    public static string Of(ClusterConfiguration configuration)
    {
        string next = configuration.Next is null ? "" : $" -> [{Of(configuration.Next)}]";
        string gone = configuration.Gone.Count == 0 ? "" : $" without {string.Join(", ", configuration.Gone)}";
        string staged = configuration.Staged.Count == 0 ? "" : $" staged ({string.Join("; ", configuration.Staged.Select(Of))})";
        string back = configuration.IsTakenBack ? " taken back" : "";
        string workers = configuration.Workers is null ? "" : $" leases since {configuration.WorkEpoch} ({Of(configuration.Workers)})";
        return $"{configuration.Epoch} of {configuration.ClusterId:x} {configuration.Phase}{back} ring {configuration.RingEpoch} "
            + $"Q {configuration.Partitions} N {configuration.ReplicaCount} [{Of(configuration.Members)}]{next}{gone}{staged}{workers}";
    }

    private static string Of(WorkerLeases workers) => $"{workers.Count} of {workers.Layout}, floor {workers.FloorMillis}: "
        + string.Join(", ", workers.Leases.Select(lease => $"{lease.Worker} to {lease.Node}/{lease.StoreId:x} from {lease.FromMillis} until {lease.UntilMillis}"));

    private static string Of(StagedChange change) =>
        $"{change.Kind} {change.Node}{(change.IsDead ? " dead" : "")}{(change.Member is null ? "" : " as " + Of(change.Member))}";

    private static string Of(IReadOnlyList<RingMember> members) => string.Join(", ", members.Select(Of));

    private static string Of(RingMember member)
    {
        string weight = member.Weight == 1 ? "" : " weighs " + member.Weight.ToString(CultureInfo.InvariantCulture);
        string places = member.Endpoint == "" && member.Http == "" ? "" : $" at {member.Endpoint} {member.Http}";
        return $"{member.Node}/{member.StoreId:x}{weight}{(member.Zone == "" ? "" : " in " + member.Zone)}{places}";
    }
}
