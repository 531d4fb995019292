using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Topology;

/// <summary>Which leases of worker numbers are sound, and which may follow which: the ranges of two holders of a number are disjoint.</summary>
internal static class LeaseRules
{
    public static void AddProblems(ClusterConfiguration configuration, List<string> problems)
    {
        if (configuration.LeaseEpochs < 0 || configuration.WorkEpoch < configuration.RingEpoch)
            problems.Add($"Since the ring's epoch {configuration.RingEpoch} at most {configuration.Epoch - configuration.RingEpoch} epochs may be of leases, but {configuration.LeaseEpochs} are.");
        if (configuration.Workers is { } workers)
            AddProblems(workers, problems);
        else if (configuration.LeaseEpochs != 0)
            problems.Add("There must be leases where an epoch is of them.");
    }

    /// <summary>Why the one may not follow the other, in words; null when it may.</summary>
    public static string? WhyNot(WorkerLeases? before, WorkerLeases? after)
    {
        if (after is null)
            return before is null ? null : "What was agreed about worker numbers must never be forgotten.";
        before ??= after with { FloorMillis = 0, Leases = [] };
        if (after.Count != before.Count || after.Layout != before.Layout)
            return $"The layout of ids must never change; it was {before.Layout}, and {after.Layout} was found.";
        if (after.FloorMillis < before.FloorMillis)
            return "The moment beyond which forgotten numbers are given must never fall.";
        foreach (WorkerLease old in before.Leases)
        {
            if (after.Of(old.Worker) is null && (old.IsByHand || old.UntilMillis > after.FloorMillis))
                return $"Worker number {old.Worker} may be forgotten only once numbers are given from beyond its end.";
        }

        foreach (WorkerLease lease in after.Leases)
        {
            if (WhyNot(before.Of(lease.Worker), lease, before.FloorMillis) is { } why)
                return why;
        }

        return null;
    }

    private static string? WhyNot(WorkerLease? before, WorkerLease after, long floor)
    {
        if (before is null)
            return after.FromMillis >= floor ? null : $"Worker number {after.Worker} must be given from beyond {floor}, but was from {after.FromMillis}.";
        if (before.IsOf(after.Node, after.StoreId))
        {
            return after.FromMillis == before.FromMillis && after.UntilMillis >= before.UntilMillis
                ? null
                : $"The lease of worker number {after.Worker} must only grow.";
        }

        // A number given by hand is in the hands of people; so is the successor of a disk that was lost.
        if (before.IsByHand && after.IsByHand && before.Node == after.Node)
            return null;
        return after.FromMillis >= before.UntilMillis && !before.IsByHand
            ? null
            : $"Worker number {after.Worker} must be given to {after.Node} from beyond its lease to {before.Node}.";
    }

    private static void AddProblems(WorkerLeases workers, List<string> problems)
    {
        if (workers.Count is < 1 or > WorkerLeases.CountMax)
            problems.Add($"There must be 1 to {WorkerLeases.CountMax} worker numbers, but {workers.Count} were found.");
        if (workers.Layout.Length == 0 || !ConfigurationCodec.IsText(workers.Layout))
            problems.Add($"The layout of ids is told in 1 to {ConfigurationCodec.TextBytesMax} bytes.");
        if (workers.FloorMillis < 0)
            problems.Add("Worker numbers are given for moments since 1970.");
        if (workers.Leases.Count > WorkerLeases.LeasesMax)
            problems.Add($"At most {WorkerLeases.LeasesMax} leases may be listed, but {workers.Leases.Count} are.");
        for (int i = 0; i < workers.Leases.Count; i++)
        {
            WorkerLease lease = workers.Leases[i];
            if (i > 0 && workers.Leases[i - 1].Worker >= lease.Worker)
                problems.Add($"Leases must be in the order of their numbers, one of each; that of {lease.Worker} is not.");
            if (lease.Worker < 0 || lease.Worker >= workers.Count)
                problems.Add($"A worker number must be 0 to {workers.Count - 1}, but is {lease.Worker}.");
            if (string.IsNullOrEmpty(lease.Node.Name) || !ConfigurationCodec.IsText(lease.Node.Name) || lease.StoreId == 0)
                problems.Add($"The lease of worker number {lease.Worker} must name a node and its data directory.");
            if (lease.FromMillis < 0 || lease.UntilMillis <= lease.FromMillis)
                problems.Add($"The lease of worker number {lease.Worker} must end after it begins; it is from {lease.FromMillis} until {lease.UntilMillis}.");
        }
    }
}
