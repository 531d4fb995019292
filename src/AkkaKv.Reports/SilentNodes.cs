namespace AkkaKv.Reports;

/// <summary>Members whose figures are missing from a table, and why: never left out in silence.</summary>
internal static class SilentNodes
{
    public sealed record Missing(string Node, string Reason);

    public static IReadOnlyList<Missing> Of(IEnumerable<NodeAnswer> answers)
    {
        var missing = new List<Missing>();
        foreach (var answer in answers)
        {
            if (answer.Report is null)
                missing.Add(new Missing(answer.Member.Name, answer.Error?.Detail ?? "no Http is configured for it, so it cannot be asked"));
            else if (!answer.Report.IsComplete)
                missing.Add(new Missing(answer.Member.Name, "it did not say everything in time: ask again"));
        }

        return missing;
    }

    public static IEnumerable<string> Lines(IEnumerable<Missing> missing) =>
        missing.Select(each => $"! {each.Node} is missing here, in whole or in part: {each.Reason}");
}
