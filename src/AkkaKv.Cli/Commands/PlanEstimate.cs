using System.Globalization;
using AkkaKv.Api;
using AkkaKv.Reports;

namespace AkkaKv.Cli.Commands;

/// <summary>
/// What a plan moves in bytes: each member's live bytes, evenly over the replicas that it holds. An estimate, for keys are
/// not alike.
/// </summary>
/// <param name="Moves">Bytes of each move of the plan, in its order; null where nobody who holds them said how many.</param>
/// <param name="Unknown">Members that did not say.</param>
internal sealed record PlanEstimate(IReadOnlyList<long?> Moves, IReadOnlyList<string> Unknown)
{
    /// <summary>What a receiving node is taken to take in, for the estimate of the time; the plan's printer says so.</summary>
    public const long BytesPerSecond = 20 << 20;

    public long Bytes => Moves.Sum(bytes => bytes ?? 0);

    public static PlanEstimate Of(ChangePlanInfo plan, IReadOnlyList<NodeAnswer> answers)
    {
        var perReplica = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (LoadInfo load in plan.Before)
        {
            string? text = answers.FirstOrDefault(answer => answer.Member.Name == load.Node)?.Health?.Store.GetValueOrDefault("liveBytes");
            if (load.Replicas > 0 && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes))
                perReplica[load.Node] = (double)bytes / load.Replicas;
        }

        // Where the source is dead or silent, what the others hold on average is the best guess.
        double? usual = perReplica.Count > 0 ? perReplica.Values.Average() : null;
        return new PlanEstimate(
            [.. plan.Moves.Select(move => (perReplica.TryGetValue(move.From, out double known) ? known : usual) is { } each ? (long?)(each * move.Partitions) : null)],
            [.. plan.Before.Where(load => load.Replicas > 0 && !perReplica.ContainsKey(load.Node)).Select(load => load.Node)]);
    }

    /// <summary>The time of the node that takes in most.</summary>
    public TimeSpan TimeFor(ChangePlanInfo plan) => TimeSpan.FromSeconds(plan.Moves
        .Select((move, at) => (move.To, Bytes: Moves[at] ?? 0))
        .GroupBy(move => move.To, StringComparer.Ordinal)
        .Select(group => (double)group.Sum(move => move.Bytes) / BytesPerSecond)
        .DefaultIfEmpty(0)
        .Max());

    public object Json() => new { bytes = Bytes, moves = Moves, unknown = Unknown, bytesPerSecondAssumed = BytesPerSecond };
}
