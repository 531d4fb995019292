using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;

namespace AkkaKv.Storage;

/// <summary>What is behind one loop's port: where its objects are, and how a turn's batch gets there.</summary>
internal interface IStoreShelf
{
    /// <summary>True when nothing more is taken, until the store is opened anew.</summary>
    bool IsReadOnly { get; }

    /// <summary>What an operation counts against the bound of pending bytes.</summary>
    long SizeOf(StoreKey key, ReadOnlyMemory<byte> stored);

    StoreReadDone Read(StoreRead read);

    /// <summary>Takes a turn's batch; calls its <see cref="StoreCompletion.Completed"/> when its outcome is set.</summary>
    void Commit(StoreCompletion batch);

    /// <summary>Makes a write or a removal that is done visible to reads.</summary>
    void Apply(in StagedOperation operation);

    /// <summary>The answer to a reservation.</summary>
    DotsReserved Dots(StoreOutcome outcome, ulong first);
}
