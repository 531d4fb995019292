using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Storage.Log;

namespace AkkaKv.Storage;

/// <summary>
/// A turn's batch, on its way to the writer and back. Belongs to the port, which uses it again; between
/// <see cref="IStorePort.EndTurn"/> and <see cref="IStorePort.Complete"/> only the writer touches it.
/// </summary>
public sealed class StoreCompletion
{
    private StagedOperation[] _operations = new StagedOperation[16];

    internal StoreCompletion(int loop, Action<StoreCompletion> completed)
    {
        Loop = loop;
        Completed = completed;
    }

    /// <summary>The loop whose port must complete it.</summary>
    public int Loop { get; }

    internal Action<StoreCompletion> Completed { get; }

    internal StoreOutcome Outcome { get; set; }

    /// <summary>What it counts against the bound of pending bytes.</summary>
    internal long Bytes { get; private set; }

    internal int Count { get; private set; }

    internal Span<StagedOperation> Operations => _operations.AsSpan(0, Count);

    internal void Add(StagedOperation operation, long bytes)
    {
        if (Count == _operations.Length)
            Array.Resize(ref _operations, 2 * Count);
        _operations[Count++] = operation;
        Bytes += bytes;
    }

    internal void Clear()
    {
        Operations.Clear();
        Count = 0;
        Bytes = 0;
    }
}

/// <summary>What a turn asks of the writer.</summary>
internal enum StagedKind : byte
{
    Put,
    Remove,

    /// <summary>A reservation of dots; has no key.</summary>
    Dots,

    /// <summary>A fact's new value; has a name instead of a key.</summary>
    Fact,
}

/// <summary>One of a turn's operations, with what the writer made of it.</summary>
internal record struct StagedOperation(
    StagedKind Kind, StoreSpace Space, StoreKey? Key, ReadOnlyMemory<byte> Object, ulong Ticket, Address ReplyTo)
{
    /// <summary>The fact's name; null for all other kinds.</summary>
    public string? Fact { get; init; }

    public LogPosition At { get; set; }

    public int RecordBytes { get; set; }

    public ulong FirstDot { get; set; }
}
