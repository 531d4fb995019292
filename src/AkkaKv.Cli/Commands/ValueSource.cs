using System.CommandLine;
using System.Text;
using AkkaKv.Cli.Shell;

namespace AkkaKv.Cli.Commands;

/// <summary>Where a put takes its bytes from: the command line, a file, or standard input.</summary>
internal sealed class ValueSource(Terminal terminal)
{
    /// <summary>The largest value that any cluster can be configured for: more is refused before it is read.</summary>
    private const int BytesMax = 16 << 20;

    private readonly Argument<string?> _value = new("VALUE") { Description = "The value as text, or - for standard input.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _file = new("--file", "-f") { Description = "Takes the value's bytes from this file.", HelpName = "FILE" };

    public void AddTo(Command command)
    {
        command.Arguments.Add(_value);
        command.Options.Add(_file);
    }

    public async Task<ReadOnlyMemory<byte>> ReadAsync(ParseResult parse, CancellationToken cancellation)
    {
        string? text = parse.GetValue(_value);
        string? file = parse.GetValue(_file);
        if (text is not null && file is not null)
            throw new UsageException("give the value or --file, not both");
        if (file is not null)
            return await FromFileAsync(file, cancellation);
        if (text is not null and not "-")
            return Encoding.UTF8.GetBytes(text);
        if (text is null && terminal.InIsTerminal)
            throw new UsageException("put needs a value: 'akkakv put KEY VALUE', '--file FILE', or '-' for standard input");
        return await FromStreamAsync(terminal.In, cancellation);
    }

    private static async Task<ReadOnlyMemory<byte>> FromFileAsync(string file, CancellationToken cancellation)
    {
        if (!File.Exists(file))
            throw new UsageException($"--file {file}: there is no such file");
        await using var stream = File.OpenRead(file);
        return await FromStreamAsync(stream, cancellation);
    }

    private static async Task<ReadOnlyMemory<byte>> FromStreamAsync(Stream stream, CancellationToken cancellation)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellation)) > 0)
        {
            bytes.Write(buffer, 0, read);
            if (bytes.Length > BytesMax)
                throw new UsageException($"a value has at most {BytesMax} bytes (1 MiB unless the cluster is configured for more), this one has more");
        }
        return bytes.ToArray();
    }
}
