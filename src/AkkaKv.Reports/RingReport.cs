using AkkaKv.Api;

namespace AkkaKv.Reports;

/// <summary>A member's part of the ring.</summary>
/// <param name="Replicas">Partitions that it owns.</param>
/// <param name="First">Those among them that it coordinates by preference.</param>
/// <param name="Part">Its share of all replicas.</param>
/// <param name="Ideal">Its share of all weights.</param>
internal sealed record RingShare(string Node, string Zone, double Weight, int Replicas, int First, double Part, double Ideal);

/// <summary>Who owns how much, and how even that is.</summary>
internal static class RingReport
{
    public static TextReport Of(RingInfo ring, IReadOnlyList<RingShare> shares) => new(
        [$"epoch {ring.Epoch}, {ring.Partitions} partitions, {ring.N} replicas, {shares.Count} members"],
        new TextTable(
            ["NODE", "ZONE", "WEIGHT", "REPLICAS", "FIRST", "SHARE", "IDEAL"],
            [
                .. shares.Select(share => (IReadOnlyList<string>)
                [
                    share.Node, share.Zone, share.Weight.ToString("0.##"), Shown.Count(share.Replicas), Shown.Count(share.First), Shown.Percent(share.Part), Shown.Percent(share.Ideal),
                ]),
            ]),
        [$"balance {Balance(shares):0.000} (mean ÷ hottest, in replicas per weight; 1 is even)"]);

    public static List<RingShare> SharesOf(RingInfo ring)
    {
        var replicas = new Dictionary<string, int>();
        var first = new Dictionary<string, int>();
        foreach (var owners in ring.Owners)
        {
            foreach (string owner in owners)
                replicas[owner] = replicas.GetValueOrDefault(owner) + 1;
            if (owners.Count > 0)
                first[owners[0]] = first.GetValueOrDefault(owners[0]) + 1;
        }
        double all = Math.Max(1, replicas.Values.Sum());
        double weights = Math.Max(double.Epsilon, ring.Members.Sum(member => member.Weight));
        return
        [
            .. ring.Members.Select(member => new RingShare(
                member.Name,
                member.Zone,
                member.Weight,
                replicas.GetValueOrDefault(member.Name),
                first.GetValueOrDefault(member.Name),
                replicas.GetValueOrDefault(member.Name) / all,
                member.Weight / weights)),
        ];
    }

    public static double Balance(IReadOnlyList<RingShare> shares)
    {
        var weighted = shares.Where(share => share.Weight > 0).ToList();
        double hottest = weighted.Select(share => share.Replicas / share.Weight).DefaultIfEmpty(0).Max();
        double mean = weighted.Sum(share => share.Replicas) / Math.Max(double.Epsilon, weighted.Sum(share => share.Weight));
        return hottest == 0 ? 1 : mean / hottest;
    }
}
