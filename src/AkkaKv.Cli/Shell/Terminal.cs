using System.Text;

namespace AkkaKv.Cli.Shell;

/// <summary>Everything a command has of the outside: streams, environment, clock. A test brings its own.</summary>
internal sealed class Terminal : IDisposable
{
    private static readonly UTF8Encoding PlainUtf8 = new(encoderShouldEmitUTF8Identifier: false);

    public required Stream In { get; init; }

    /// <summary>Standard output as bytes, for values. Flush <see cref="OutText"/> before it is used.</summary>
    public required Stream Out { get; init; }

    public required TextWriter OutText { get; init; }

    public required TextWriter Error { get; init; }

    public required bool InIsTerminal { get; init; }

    public required bool OutIsTerminal { get; init; }

    public required bool ErrorIsTerminal { get; init; }

    public required Func<string, string?> Environment { get; init; }

    public required TimeProvider Time { get; init; }

    public required Random Random { get; init; }

    public static Terminal OfProcess()
    {
        var output = Console.OpenStandardOutput();
        return new Terminal
        {
            In = Console.OpenStandardInput(),
            Out = output,
            OutText = new StreamWriter(output, PlainUtf8) { AutoFlush = true },
            Error = Console.Error,
            InIsTerminal = !Console.IsInputRedirected,
            OutIsTerminal = !Console.IsOutputRedirected,
            ErrorIsTerminal = !Console.IsErrorRedirected,
            Environment = System.Environment.GetEnvironmentVariable,
            Time = TimeProvider.System,
            Random = new Random(),
        };
    }

    public async Task WriteBytesAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        await OutText.FlushAsync(cancellation);
        await Out.WriteAsync(bytes, cancellation);
        await Out.FlushAsync(cancellation);
    }

    public void Flush()
    {
        OutText.Flush();
        Out.Flush();
        Error.Flush();
    }

    public void Dispose()
    {
        OutText.Dispose();
        Out.Dispose();
        In.Dispose();
    }
}
