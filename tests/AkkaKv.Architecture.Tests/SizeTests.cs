using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace AkkaKv.Architecture.Tests;

/// <summary>Files stop at 400 lines, methods at 70; names that say nothing stay out.</summary>
public sealed class SizeTests
{
    private const int FileLinesMax = 400;
    private const int MethodLinesMax = 70;

    [Fact]
    public void Files_stop_at_400_lines() => SourceTree.CSharpFiles("src", "tests", "bench")
        .Where(path => SourceTree.Lines(path).Length > FileLinesMax)
        .ShouldBeEmpty("split by conversation");

    [Fact]
    public void Methods_stop_at_70_lines()
    {
        var tooLong = new List<string>();
        int methods = 0;
        foreach (string pdb in Directory.EnumerateFiles(AppContext.BaseDirectory, "*.pdb").Where(IsOurs))
        {
            foreach ((string document, int first, int last) in MethodSpans(pdb))
            {
                methods++;
                if (last - first + 1 > MethodLinesMax)
                    tooLong.Add($"{document}:{first} has {last - first + 1} lines");
            }
        }

        methods.ShouldBeGreaterThan(500, "the symbols of the product lie beside this test");
        tooLong.ShouldBeEmpty();
    }

    [Fact]
    public void No_file_or_folder_has_a_name_that_says_nothing()
    {
        string[] banned = ["Utils", "Util", "Helpers", "Helper", "Common", "Misc"];
        SourceTree.CSharpFiles("src", "tests", "bench")
            .Where(path => path.Split('/', '.').Any(banned.Contains))
            .ShouldBeEmpty();
    }

    [Fact]
    public void No_test_sleeps()
    {
        string[] sleeps = ["Thread" + ".Sleep(", "Task" + ".Delay("];
        SourceTree.CSharpFiles("tests")
            .Where(path => SourceTree.Lines(path).Any(line => sleeps.Any(sleep => line.Contains(sleep, StringComparison.Ordinal))))
            .ShouldBeEmpty("wait for what happens, not for time");
    }

    private static bool IsOurs(string pdb)
    {
        string name = Path.GetFileNameWithoutExtension(pdb);
        return name == "akkakv" || (name.StartsWith("AkkaKv.", StringComparison.Ordinal) && !name.EndsWith(".Tests", StringComparison.Ordinal));
    }

    private static IEnumerable<(string Document, int First, int Last)> MethodSpans(string pdb)
    {
        using var stream = File.OpenRead(pdb);
        using var provider = MetadataReaderProvider.FromPortablePdbStream(stream);
        MetadataReader reader = provider.GetMetadataReader();
        foreach (MethodDebugInformationHandle handle in reader.MethodDebugInformation)
        {
            MethodDebugInformation method = reader.GetMethodDebugInformation(handle);
            SequencePoint[] points = method.GetSequencePoints().Where(point => !point.IsHidden).ToArray();
            if (points.Length == 0)
                continue;
            string document = reader.GetString(reader.GetDocument(points[0].Document).Name);
            bool generated = document.Replace('\\', '/').Contains("/obj/", StringComparison.Ordinal);
            bool isFieldInitializers = points[0].Document != points[^1].Document;
            if (!generated && !isFieldInitializers && !IsTopLevelOfData(points))
                yield return (document, points.Min(point => point.StartLine), points.Max(point => point.EndLine));
        }
    }

    // A constructor's sequence points include its field initializers, which lie apart from each other; what is not
    // dense is not one body.
    private static bool IsTopLevelOfData(SequencePoint[] points)
    {
        int lines = points.Max(point => point.EndLine) - points.Min(point => point.StartLine) + 1;
        int covered = points.SelectMany(point => Enumerable.Range(point.StartLine, point.EndLine - point.StartLine + 1)).Distinct().Count();
        return covered * 3 < lines;
    }
}
