using System.Runtime.CompilerServices;

namespace AkkaKv.Core.Tests.Transcripts;

/// <summary>
/// Plays the conversations in <c>Transcripts/*.txt</c> and compares what is said, line by line. A file is a story:
/// comments, commands, and below <c>----</c> what followed. Run with <c>AKKAKV_REWRITE_TRANSCRIPTS=1</c> to write down
/// what follows now; then read the difference.
/// </summary>
public sealed class TranscriptTests
{
    public static TheoryData<string> Stories()
    {
        var stories = new TheoryData<string>();
        foreach (string path in Directory.EnumerateFiles(Folder(), "*.txt").Order(StringComparer.Ordinal))
            stories.Add(Path.GetFileNameWithoutExtension(path));
        return stories;
    }

    [Theory]
    [MemberData(nameof(Stories))]
    public void It_is_said_as_it_is_written(string story)
    {
        string path = Path.Combine(Folder(), story + ".txt");
        string written = File.ReadAllText(path).ReplaceLineEndings("\n");
        string said = new Storyteller().Tell(written);
        if (Environment.GetEnvironmentVariable("AKKAKV_REWRITE_TRANSCRIPTS") == "1")
            File.WriteAllText(path, said);
        said.ShouldBe(written, $"{story}.txt; rewrite it with AKKAKV_REWRITE_TRANSCRIPTS=1 and read the difference");
    }

    private static string Folder([CallerFilePath] string here = "")
    {
        string source = Path.GetDirectoryName(here)!;
        return Directory.Exists(source) ? source : Path.Combine(AppContext.BaseDirectory, "Transcripts");
    }
}
