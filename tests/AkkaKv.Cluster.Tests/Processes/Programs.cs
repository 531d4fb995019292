using System.Runtime.InteropServices;

namespace AkkaKv.Cluster.Tests.Processes;

/// <summary>Where the programs are that the tests start: beside the tests, because the projects are referenced.</summary>
internal static class Programs
{
    public static string Server { get; } = Beside("AkkaKv.Server.dll");

    public static string CommandLineTool { get; } = Beside("akkakv.dll");

    /// <summary>The directory of the running .NET installation, with shared/ and packs/ below it.</summary>
    public static string DotnetRoot { get; } = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    public static string Dotnet { get; } = File.Exists(Path.Combine(DotnetRoot, "dotnet")) ? Path.Combine(DotnetRoot, "dotnet") : "dotnet";

    private static string Beside(string name)
    {
        string path = Path.Combine(AppContext.BaseDirectory, name);
        string runtimeConfig = Path.ChangeExtension(path, ".runtimeconfig.json");
        return File.Exists(path) && File.Exists(runtimeConfig)
            ? path
            : throw new InvalidOperationException($"{path} and {runtimeConfig} must lie beside the tests; build the test project, which references both programs.");
    }
}
