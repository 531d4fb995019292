using System.Globalization;
using System.Text.Json;
using AkkaKv.Api;

namespace AkkaKv.Client.Http;

/// <summary>Reads what a node says of hints, repair and health. Tolerant as <see cref="ClusterReader"/> is.</summary>
internal static class ReportReader
{
    public static NodeReport Report(Received received)
    {
        using var document = JsonDocument.Parse(received.Body);
        var root = document.RootElement;
        return new NodeReport(
            ClusterReader.MemberList(root.GetProperty("members")),
            [.. Items(root, "hints").Select(Hints)],
            root.TryGetProperty("tombstones", out var dead) ? Tombstones(dead) : new ReapInfo(0, []),
            root.TryGetProperty("antiEntropy", out var comparing) ? Comparing(comparing) : new AntiEntropyInfo(0, TimeSpan.Zero, ""),
            RepairIn(root),
            IsTrue(root, "isComplete"))
        {
            Counters = CountersIn(root),
        };
    }

    public static RepairReply Repair(Received received)
    {
        using var document = JsonDocument.Parse(received.Body);
        var root = document.RootElement;
        if (!root.TryGetProperty("state", out _))
            throw new FormatException("an answer about a repair has its state");
        return new RepairReply(RepairIn(root), IsTrue(root, "joined"), IsTrue(root, "isComplete"));
    }

    public static MemberHealth Health(JsonElement health) => new(
        Text(health, "state"),
        health.TryGetProperty("phi", out var phi) && phi.ValueKind == JsonValueKind.Number ? phi.GetDouble() : 0,
        Duration(health, "heartbeatAge"),
        Duration(health, "clockSkew"),
        Moment(health, "since") ?? DateTimeOffset.UnixEpoch,
        Number(health, "hintsPending"),
        Number(health, "hintBytes"),
        Duration(health, "sinceExchange"),
        Number(health, "differingKeys"),
        (int)Number(health, "partitionsNeverCompared"));

    private static HintsInfo Hints(JsonElement hints) =>
        new(Text(hints, "target"), Number(hints, "keys"), Number(hints, "bytes"), Duration(hints, "oldestAge") ?? TimeSpan.Zero);

    private static ReapInfo Tombstones(JsonElement dead) =>
        new(Number(dead, "dead"), [.. Items(dead, "waiting").Select(each => new ReapReason(Text(each, "reason"), Number(each, "keys")))]);

    private static AntiEntropyInfo Comparing(JsonElement comparing) =>
        new(Number(comparing, "treeBytes"), Duration(comparing, "pause") ?? TimeSpan.Zero, Text(comparing, "waitingFor"));

    private static RepairInfo? RepairIn(JsonElement root)
    {
        if (!root.TryGetProperty("repair", out var repair) || repair.ValueKind != JsonValueKind.Object)
            return null;
        return new RepairInfo(
            Moment(repair, "startedAt") ?? DateTimeOffset.UnixEpoch,
            Moment(repair, "finishedAt"),
            (int)Number(repair, "partitionsDone"),
            (int)Number(repair, "partitions"),
            Number(repair, "differingKeys"),
            Number(repair, "keysMoved"),
            Number(repair, "bytesMoved"),
            Number(repair, "damagedKeys"),
            Text(repair, "waitingFor"));
    }

    private static SortedDictionary<string, long> CountersIn(JsonElement root)
    {
        var counters = new SortedDictionary<string, long>(StringComparer.Ordinal);
        if (root.TryGetProperty("counters", out var found) && found.ValueKind == JsonValueKind.Object)
        {
            foreach (var counter in found.EnumerateObject())
                counters[counter.Name] = counter.Value.ValueKind == JsonValueKind.Number && counter.Value.TryGetInt64(out long count) ? count : 0;
        }

        return counters;
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement element, string name) =>
        element.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : default;

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static bool IsTrue(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static long Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) ? number : 0;

    private static DateTimeOffset? Moment(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out var moment) ? moment : null;

    /// <summary>Durations come as whole milliseconds with their unit: <c>"1500ms"</c>.</summary>
    private static TimeSpan? Duration(JsonElement element, string name)
    {
        string text = Text(element, name);
        return text.EndsWith("ms", StringComparison.Ordinal)
            && long.TryParse(text.AsSpan(0, text.Length - 2), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long millis)
            && millis is > -1_000_000_000_000 and < 1_000_000_000_000
                ? TimeSpan.FromMilliseconds(millis)
                : null;
    }
}
