using System.Text.RegularExpressions;

namespace AkkaKv.Cluster.Tests.Syncing;

/// <summary>A moment in a trace: a call begins, or ends with its result.</summary>
/// <param name="Name">The system call.</param>
/// <param name="Text">Its arguments as strace wrote them.</param>
/// <param name="Result">What it returned; null at its beginning.</param>
internal sealed record TracedMoment(string Name, string Text, string? Result)
{
    public bool Begins => Result is null;
}

/// <summary>
/// Reads what <c>strace -f -y -o</c> wrote. The lines of all threads stand in the order in which the tracer saw them,
/// and the tracer lets a thread go on only after it has seen the end of its call: what follows from a call comes after it.
/// </summary>
internal static partial class TraceReader
{
    /// <summary>The moments in order. A call that nothing came between is one line, and gives its two moments at once.</summary>
    public static IReadOnlyList<TracedMoment> Read(string path)
    {
        var moments = new List<TracedMoment>();
        var begun = new Dictionary<string, string>();
        using var file = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        while (file.ReadLine() is { } line)
            Take(line, moments, begun);
        return moments;
    }

    private static void Take(string line, List<TracedMoment> moments, Dictionary<string, string> begun)
    {
        if (Resumed().Match(line) is { Success: true } resumed)
        {
            string text = begun.GetValueOrDefault(resumed.Groups["thread"].Value, "") + resumed.Groups["text"].Value;
            moments.Add(new TracedMoment(resumed.Groups["name"].Value, text, resumed.Groups["result"].Value));
        }
        else if (Unfinished().Match(line) is { Success: true } unfinished)
        {
            begun[unfinished.Groups["thread"].Value] = unfinished.Groups["text"].Value;
            moments.Add(new TracedMoment(unfinished.Groups["name"].Value, unfinished.Groups["text"].Value, null));
        }
        else if (Whole().Match(line) is { Success: true } whole)
        {
            moments.Add(new TracedMoment(whole.Groups["name"].Value, whole.Groups["text"].Value, null));
            moments.Add(new TracedMoment(whole.Groups["name"].Value, whole.Groups["text"].Value, whole.Groups["result"].Value));
        }
    }

    [GeneratedRegex(@"^(?<thread>\d+)\s+<\.\.\. (?<name>\w+) resumed>(?<text>.*)\)\s+= (?<result>.*)$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Resumed();

    [GeneratedRegex(@"^(?<thread>\d+)\s+(?<name>\w+)\((?<text>.*) <unfinished \.\.\.>$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"^(?<thread>\d+)\s+(?<name>\w+)\((?<text>.*)\)\s+= (?<result>.*)$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Whole();
}
