using System.Runtime.CompilerServices;

namespace AkkaKv.Architecture.Tests;

/// <summary>The checkout that these tests were built from.</summary>
internal static class SourceTree
{
    public static string Root { get; } = FindRoot();

    /// <summary>The C# files under a folder of the checkout, without build output, as paths relative to the root.</summary>
    public static IReadOnlyList<string> CSharpFiles(params string[] folders) => folders
        .Select(folder => Path.Combine(Root, folder))
        .Where(Directory.Exists)
        .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
        .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
        .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)
        .ToArray();

    public static string[] Lines(string relative) => File.ReadAllLines(Path.Combine(Root, relative));

    private static string FindRoot([CallerFilePath] string here = "")
    {
        // The build may map source paths away; then the folder above the test binary is as good a start.
        foreach (string start in new[] { Path.GetDirectoryName(here) ?? "", AppContext.BaseDirectory })
        {
            for (string? folder = start; !string.IsNullOrEmpty(folder); folder = Path.GetDirectoryName(folder))
            {
                if (File.Exists(Path.Combine(folder, "AkkaKv.sln")))
                    return folder;
            }
        }

        throw new InvalidOperationException("The folder with AkkaKv.sln lies above this file or above the test binary; it was found in neither.");
    }
}
