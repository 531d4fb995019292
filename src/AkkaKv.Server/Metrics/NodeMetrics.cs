using System.Diagnostics.Metrics;
using System.Globalization;
using AkkaKv.Api;

namespace AkkaKv.Server.Metrics;

/// <summary>
/// The meter "akkakv": every figure of a node's report and of its store. Instruments show what <see cref="RefreshAsync"/>
/// saw last; what a node did not say in time has no value rather than an old one.
/// </summary>
internal sealed class NodeMetrics : IDisposable
{
    /// <summary>The meter's name, and what every instrument's name begins with.</summary>
    public const string MeterName = "akkakv";

    private readonly IAkkaKv _door;
    private volatile Seen _seen = new(NodeReport.Nothing, null);

    public NodeMetrics(IAkkaKv door)
    {
        _door = door;
        AddCounters();
        AddMembers();
        AddBacklogs();
        AddNode();
    }

    public Meter Meter { get; } = new(MeterName);

    private NodeReport Report => _seen.Report;

    /// <summary>Asks the node, so that the next collection shows the present.</summary>
    public async Task RefreshAsync(CancellationToken cancellation) =>
        _seen = new Seen(await _door.ReportAsync(cancellation), await _door.HealthAsync(cancellation));

    public void Dispose() => Meter.Dispose();

    private void AddCounters()
    {
        foreach (var counter in MetricCatalog.Counters)
            Meter.CreateObservableCounter(NameOf(counter.Name), () => CounterValue(counter.Source), unit: null, counter.Meaning);
        foreach (var counter in MetricCatalog.StoreCounters)
            Meter.CreateObservableCounter(NameOf(counter.Name), () => StoreValue(counter.Source), unit: null, counter.Meaning);
        foreach (var fact in MetricCatalog.StoreFacts)
            Meter.CreateObservableGauge(NameOf(fact.Name), () => StoreValue(fact.Source), unit: null, fact.Meaning);
    }

    private void AddMembers()
    {
        Gauge("phi", () => OfMembers(member => member.Health?.Phi), "How suspicious a member's silence is: at the threshold it is suspected.");
        Gauge("member_reachable", () => OfMembers(member => member.Reachable ? 1 : 0), "1 for a member that this node can ask, else 0.");
        Gauge("clock_skew_seconds", () => OfMembers(member => member.Health?.ClockSkew?.TotalSeconds), "A member's wall clock ahead of this node's, estimated.");
        Gauge("heartbeat_age_seconds", () => OfMembers(member => member.Health?.HeartbeatAge?.TotalSeconds), "Since a new heartbeat of a member was heard.");
        Gauge("exchange_age_seconds", () => OfMembers(member => member.Health?.SinceExchange?.TotalSeconds), "Since a comparison with a member last came to its end.");
        Gauge("differing_keys", () => OfMembers(member => member.Health?.DifferingKeys), "Keys that differed when the common partitions were last compared.");
        Gauge("partitions_never_compared", () => OfMembers(member => member.Health?.PartitionsNeverCompared), "Common partitions not compared since this node started.");
    }

    private void AddBacklogs()
    {
        Gauge("hints_pending", () => OfTargets(hints => hints.Keys), "Keys that this node keeps for a member that is, or was, down.");
        Gauge("hint_bytes", () => OfTargets(hints => hints.Bytes), "Bytes of those keys' objects.");
        Gauge("hint_oldest_age_seconds", () => OfTargets(hints => hints.OldestAge.TotalSeconds), "Since the oldest of them was kept.");
        Gauge("tombstones_waiting", OfReasons, "Deleted and expired keys that are not yet forgotten, by the reason.");
        Gauge("repair_running", () => [new(Report.Repair is { FinishedAt: null } ? 1 : 0)], "1 while a repair on command is under way.");
        Gauge("tree_bytes", () => [new(Report.AntiEntropy.TreeBytes)], "Memory of the Merkle trees.");
        Gauge("exchange_pause_seconds", () => [new(Report.AntiEntropy.Pause.TotalSeconds)], "The pause between two steps of a comparison; it grows while clients are served slower than usual.");
    }

    private void AddNode()
    {
        Gauge("ready", () => _seen.Health is { } health ? [new(health.Ready ? 1 : 0)] : [], "1 while the node should get traffic.");
        Gauge("report_complete", () => [new(Report.IsComplete ? 1 : 0)], "1 when all parts of the node answered in time; else some of these figures are missing.");
    }

    private void Gauge(string name, Func<IEnumerable<Measurement<double>>> observe, string meaning) =>
        Meter.CreateObservableGauge(NameOf(name), observe, unit: null, meaning);

    private IEnumerable<Measurement<long>> CounterValue(string name) =>
        Report.Counters.TryGetValue(name, out long count) ? [new Measurement<long>(count)] : [];

    private IEnumerable<Measurement<long>> StoreValue(string name) =>
        _seen.Health is { } health && health.Store.TryGetValue(name, out var text)
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
                ? [new Measurement<long>(number)]
                : [];

    private IEnumerable<Measurement<double>> OfMembers(Func<MemberInfo, double?> figure)
    {
        foreach (var member in Report.Members)
        {
            if (figure(member) is { } value)
                yield return new Measurement<double>(value, new KeyValuePair<string, object?>("member", member.Name));
        }
    }

    private IEnumerable<Measurement<double>> OfTargets(Func<HintsInfo, double> figure) =>
        Report.Hints.Select(hints => new Measurement<double>(figure(hints), new KeyValuePair<string, object?>("target", hints.Target)));

    private IEnumerable<Measurement<double>> OfReasons() =>
        Report.Reaping.Waiting.Select(each => new Measurement<double>(each.Keys, new KeyValuePair<string, object?>("reason", each.Reason)));

    private static string NameOf(string name) => $"{MeterName}.{name}";

    private sealed record Seen(NodeReport Report, NodeHealth? Health);
}
