namespace AkkaKv.Ids;

/// <summary>
/// Remembers, beyond the end of the process, up to which moment it may have made ids. One source at a time has it.
/// </summary>
public interface IIdMark
{
    /// <summary>What was last written; null when nothing ever was.</summary>
    SnowflakeMark? Read();

    /// <summary>Returns when the mark is where a crash does not take it back; throws when it may not be.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    void Write(SnowflakeMark mark);
}

/// <summary>
/// Forgets with the process. For tests, and for ids that die with their process: a restart under a clock that was set back makes
/// them again.
/// </summary>
public sealed class MemoryMark : IIdMark
{
    private SnowflakeMark? _mark;

    /// <inheritdoc/>
    public SnowflakeMark? Read() => _mark;

    /// <inheritdoc/>
    public void Write(SnowflakeMark mark) => _mark = mark;
}
