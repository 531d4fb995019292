using System.Text;
using AkkaKv.Cli.Shell;
using AkkaKv.Fakes;

namespace AkkaKv.Cli.Tests.Shell;

/// <summary>One run of the tool inside the test's process: its exit code and what it wrote.</summary>
internal sealed record CliRun(int Code, byte[] OutBytes, string Error)
{
    public string Out => Encoding.UTF8.GetString(OutBytes);

    public static Task<CliRun> AgainstAsync(FakeStore store, params string[] arguments) => RunAsync([.. arguments, "-e", store.Url.ToString()]);

    public static async Task<CliRun> RunAsync(
        string[] arguments, byte[]? input = null, Func<string, string?>? environment = null, TimeProvider? time = null, CancellationToken cancellation = default)
    {
        using var output = new MemoryStream();
        using var error = new StringWriter();
        using var terminal = new Terminal
        {
            In = new MemoryStream(input ?? []),
            Out = output,
            OutText = new StreamWriter(output, new UTF8Encoding(false), leaveOpen: true) { AutoFlush = true, NewLine = "\n" },
            Error = error,
            InIsTerminal = input is null,
            OutIsTerminal = false,
            ErrorIsTerminal = false,
            Environment = environment ?? (_ => null),
            Time = time ?? new ShortTime(),
            Random = new Random(1),
        };
        int code = await CommandLine.RunAsync(arguments, terminal, cancellation);
        terminal.Flush();
        return new CliRun(code, output.ToArray(), error.ToString());
    }
}

/// <summary>A directory that goes away with the test.</summary>
internal sealed class ScratchDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("akkakv-cli-");

    public string File(string name) => Path.Combine(_directory.FullName, name);

    public string Write(string name, string text)
    {
        System.IO.File.WriteAllText(File(name), text);
        return File(name);
    }

    public string Write(string name, byte[] bytes)
    {
        System.IO.File.WriteAllBytes(File(name), bytes);
        return File(name);
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
