namespace AkkaKv.Reports;

/// <summary>What those who were asked keep for others that are, or were, down.</summary>
internal static class HintsReport
{
    public static TextReport Of(IReadOnlyList<NodeAnswer> answers, IReadOnlyList<SilentNodes.Missing> silent)
    {
        var rows = answers.SelectMany(answer => answer.Report?.Hints.Select(hints => (IReadOnlyList<string>)
            [answer.Member.Name, hints.Target, Shown.Count(hints.Keys), Shown.Count(hints.Bytes), Shown.Age(hints.OldestAge)]) ?? []);
        long keys = answers.Sum(answer => answer.Report?.Hints.Sum(hints => hints.Keys) ?? 0);
        return new TextReport(
            [],
            new TextTable(["KEPT BY", "FOR", "KEYS", "BYTES", "OLDEST"], [.. rows]),
            [keys == 0 ? "No hints wait." : $"{Shown.Count(keys)} hints wait; one is sent when its target is back.", .. SilentNodes.Lines(silent)]);
    }
}
