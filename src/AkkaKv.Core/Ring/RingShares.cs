using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Ring;

/// <summary>
/// How many slots (a partition has N of them) each member should carry, and at most may: in proportion to weight, as far
/// as distinct owners and distinct zones let it.
/// </summary>
/// <remarks>
/// Invariants: in every partition zone z has ZoneBase[z] owners, or one more; exactly <see cref="ZoneExtras"/> zones have
/// one more; that sums to N and is as even as the sizes of the zones let it be. Targets sum to Q × N. No target is above Q.
/// </remarks>
internal sealed class RingShares
{
    /// <summary>The hottest member carries at most its target ÷ this; 0.95 is promised, the rest is for uneven zones and rounding.</summary>
    public const double Evenness = 0.96;

    // With caps that just sum to the slots, the last pairs would be matched by repair only.
    private const double RoomForMatching = 1.01;

    private const int BisectionSteps = 200;
    private readonly RingMember[] _members;
    private readonly int _partitions;

    public RingShares(RingMember[] members, int partitions, int owners)
    {
        _members = members;
        _partitions = partitions;
        ZoneOf = NumberZones(members, out int zones);
        ZoneBase = new int[zones];
        ZoneExtras = SpreadOverZones(owners);
        Targets = new double[members.Length];
        Rates = new double[members.Length];
        Caps = new int[members.Length];
        SetTargets(owners);
        SetCaps();
    }

    /// <summary>The zone of each member, numbered in the order in which they appear.</summary>
    public int[] ZoneOf { get; }

    /// <summary>How many owners each zone has in every partition, at least.</summary>
    public int[] ZoneBase { get; }

    /// <summary>How many zones have one more than their base, in every partition.</summary>
    public int ZoneExtras { get; }

    /// <summary>The slots each member should carry.</summary>
    public double[] Targets { get; }

    /// <summary>The most slots each member may carry.</summary>
    public int[] Caps { get; }

    /// <summary>The rates of the members' scores with which the draw meets the targets on average.</summary>
    public double[] Rates { get; }

    /// <summary>The most partitions of which a member may be the first owner.</summary>
    public int PrimaryCapOf(int member, int owners) => RoundedCap(Targets[member] / owners, Targets[member] / owners / Evenness);

    private static int[] NumberZones(RingMember[] members, out int zones)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var zoneOf = new int[members.Length];
        for (int i = 0; i < members.Length; i++)
        {
            if (!numbers.TryGetValue(members[i].Zone, out int zone))
                numbers.Add(members[i].Zone, zone = numbers.Count);
            zoneOf[i] = zone;
        }

        zones = numbers.Count;
        return zoneOf;
    }

    // Raises all zones together, none above its number of members, until the next level would be more than N.
    private int SpreadOverZones(int owners)
    {
        var sizes = new int[ZoneBase.Length];
        foreach (int zone in ZoneOf)
            sizes[zone]++;
        for (int left = owners; ;)
        {
            int open = 0;
            for (int zone = 0; zone < sizes.Length; zone++)
                open += sizes[zone] > ZoneBase[zone] ? 1 : 0;
            if (left == 0 || left < open)
                return left;
            for (int zone = 0; zone < sizes.Length; zone++)
                ZoneBase[zone] += sizes[zone] > ZoneBase[zone] ? 1 : 0;
            left -= open;
        }
    }

    private void SetTargets(int owners)
    {
        var membersOf = new List<int>[ZoneBase.Length];
        for (int zone = 0; zone < membersOf.Length; zone++)
            membersOf[zone] = [];
        for (int i = 0; i < _members.Length; i++)
            membersOf[ZoneOf[i]].Add(i);
        double level = Bisect((double)_partitions * owners, level =>
        {
            double sum = 0;
            for (int zone = 0; zone < membersOf.Length; zone++)
                sum += ZoneSlots(zone, membersOf[zone], level);
            return sum;
        });
        for (int zone = 0; zone < membersOf.Length; zone++)
            SetZoneTargets(zone, membersOf[zone], ZoneSlots(zone, membersOf[zone], level));
    }

    // Against what the zones make of the mean: a zone that must carry more than its weight keeps its room, and a change
    // elsewhere does not move its caps.
    private void SetCaps()
    {
        for (int i = 0; i < _members.Length; i++)
            Caps[i] = Math.Min(_partitions, RoundedCap(Targets[i] * RoomForMatching, Targets[i] / Evenness));
    }

    // At least enough, and no more than the limit unless enough is more.
    private static int RoundedCap(double enough, double limit)
    {
        const double rounding = 1e-6;
        return (int)Math.Max(Math.Ceiling(enough - rounding), Math.Floor(limit + rounding));
    }

    private void SetZoneTargets(int zone, List<int> members, double slots)
    {
        double level = Bisect(slots, level => Poured(members, level));
        int most = ZoneBase[zone] + (ZoneExtras > 0 ? 1 : 0);
        foreach (int member in members)
        {
            double target = Math.Min(_partitions, level * _members[member].Weight);
            Targets[member] = target;
            Rates[member] = RateOf(target / _partitions, slots / _partitions, most);
        }
    }

    // A zone that is in every partition: its members race only each other, in proportion to their targets. One that is in
    // nearly every partition races as a whole. Elsewhere a member's rate depends on its own target only, so that a join
    // in its zone does not make it gain what the new member is about to take.
    private double RateOf(double ofMember, double ofZone, int most)
    {
        const double nearlyEvery = 0.8;
        if (most > 1 || ofZone < nearlyEvery)
            return RingScores.RateOf(ofMember);
        return ZoneExtras == 0 ? ofMember : RingScores.RateOf(ofZone) * ofMember / ofZone;
    }

    // Weighted shares at a level, within what the zone must and may carry.
    private double ZoneSlots(int zone, List<int> members, double level)
    {
        int most = Math.Min(members.Count, ZoneBase[zone] + (ZoneExtras > 0 ? 1 : 0));
        return Math.Clamp(Poured(members, level), (double)_partitions * ZoneBase[zone], (double)_partitions * most);
    }

    private double Poured(List<int> members, double level)
    {
        double sum = 0;
        foreach (int member in members)
            sum += Math.Min(_partitions, level * _members[member].Weight);
        return sum;
    }

    // The smallest level at which the rising function reaches the sum. 200 halvings reach the last bit of a double.
    private double Bisect(double sum, Func<double, double> rising)
    {
        double low = 0;
        double high = _partitions / RingMember.WeightMin;
        for (int step = 0; step < BisectionSteps; step++)
        {
            double middle = (low + high) * 0.5;
            if (rising(middle) < sum)
                low = middle;
            else
                high = middle;
        }

        return high;
    }
}
