using AkkaKv.Core.Kernel;

namespace AkkaKv.Storage;

/// <summary>A node's store: one index part and one port per event loop, one log behind them all.</summary>
/// <remarks>Stop the loops before disposing: a port must not be used afterwards.</remarks>
public interface INodeStore : IDisposable
{
    StoreIdentity Identity { get; }

    /// <summary>A snapshot; may be asked for by any thread.</summary>
    StoreStatus Status { get; }

    /// <summary>Opens the one port of a loop.</summary>
    /// <param name="loop">0 to the number of loops − 1.</param>
    /// <param name="completed">
    /// Called on a thread of the store's choice, in order. The host posts the completion to the loop, which calls
    /// <see cref="IStorePort.Complete"/>; it must not block and not throw.
    /// </param>
    IStorePort OpenPort(int loop, Action<StoreCompletion> completed);

    /// <summary>
    /// A fact as it is durable, for a host that must know it before it makes the actors. May be asked by any thread; the
    /// answer is what <see cref="FactRead"/> would give.
    /// </summary>
    /// <returns>False when there is none; the value is then empty.</returns>
    bool TryReadFact(string name, out ReadOnlyMemory<byte> value);
}

/// <summary>A loop's access to the store. Only ever called on the thread of its loop; takes no lock to read.</summary>
public interface IStorePort
{
    /// <summary>
    /// Takes a store message. A read is answered at once through <paramref name="send"/>, as is a scan, of this loop's keys,
    /// and whatever is refused; writes, removals and reservations are staged until <see cref="EndTurn"/>.
    /// </summary>
    void Submit(Message storeMessage, Action<Address, Message> send);

    /// <summary>Hands all that was staged in this turn to the writer as one batch. Cheap when there is nothing.</summary>
    void EndTurn();

    /// <summary>Makes a batch's writes visible to reads and sends their answers, in the order of submission.</summary>
    void Complete(StoreCompletion completion, Action<Address, Message> send);
}

/// <summary>Who a store is.</summary>
/// <param name="ActorId">The actor of every dot that this store reserves; never 0.</param>
/// <param name="StoreId">The directory's own id, never changed.</param>
/// <param name="Directory">Where it is; "memory" for a memory store.</param>
/// <param name="RenewedBecause">Why this open took a new actor id; null when it kept the one it had, or is new.</param>
public sealed record StoreIdentity(
    ulong ActorId, ulong StoreId, string Directory, string Node, string Cluster, DateTimeOffset CreatedAt, string? RenewedBecause)
{
    /// <summary>
    /// Under which id the node votes: another whenever the store may have forgotten what was promised. The directory's id
    /// until <see cref="StoreOptions.RenewActor"/> says that the directory is a copy or a backup; never 0.
    /// </summary>
    public required ulong VoterId { get; init; }
}

/// <summary>How a store does.</summary>
/// <param name="Kind">"log" or "memory".</param>
/// <param name="ReadOnlyBecause">Why it takes no writes; null when it does.</param>
/// <param name="Keys">How many objects it holds.</param>
/// <param name="LiveBytes">Bytes of the newest record of every object.</param>
/// <param name="HintKeys">How many keys it keeps something of for other nodes.</param>
/// <param name="HintLiveBytes">Bytes of the newest records of these.</param>
/// <param name="IndexBytes">Memory that the index holds, keys included.</param>
/// <param name="LogBytes">Bytes of the whole log; what exceeds the live bytes is mostly old records.</param>
/// <param name="BytesWritten">Bytes appended by this process.</param>
/// <param name="Batches">Batches of turns that were committed.</param>
/// <param name="Commits">Groups of batches that shared their sync.</param>
/// <param name="CutBytes">Length of the torn tail that the last recovery cut.</param>
/// <param name="PrepareFault">Why the next segment cannot be prepared ahead (such as a full disk); null when it can.</param>
public sealed record StoreStatus(
    string Kind,
    string? ReadOnlyBecause,
    Durability? Durability,
    long Keys,
    long LiveBytes,
    long HintKeys,
    long HintLiveBytes,
    long IndexBytes,
    long PendingBytes,
    int Segments,
    long LogBytes,
    long BytesWritten,
    long Records,
    long Batches,
    long Commits,
    long Syncs,
    long CutBytes,
    string? PrepareFault)
{
    public bool Writable => ReadOnlyBecause is null;
}
