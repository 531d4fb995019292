namespace AkkaKv.Cli.Load;

/// <summary>One record of the file, or what is wrong with it.</summary>
/// <param name="Line">The line it starts on, from 1.</param>
/// <param name="Key">The key; null when the record is malformed.</param>
/// <param name="Value">The bytes to store.</param>
/// <param name="Source">The record as it stands in the file; at most a few kilobytes of one that is too long.</param>
/// <param name="Problem">Why it can't be loaded; null when it can.</param>
internal sealed record LoadItem(long Line, string? Key, ReadOnlyMemory<byte> Value, ReadOnlyMemory<byte> Source, string? Problem)
{
    public static LoadItem Malformed(long line, ReadOnlyMemory<byte> source, string problem) => new(line, null, default, source, problem);
}
