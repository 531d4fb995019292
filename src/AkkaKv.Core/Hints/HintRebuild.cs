using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;

namespace AkkaKv.Core.Hints;

/// <summary>
/// Finds at the start what earlier processes kept: the store is asked for its keys part by part, and each record is read.
/// A record that cannot be read is left where it is: it is a copy, and anti-entropy does not need it.
/// </summary>
internal sealed class HintRebuild(HintPartition partition, HintLedger ledger, HintShelf shelf)
{
    // 256 partitions start together, and requests wait behind what they read.
    private const int LooksMax = 8;

    private readonly Queue<StoreKey> _found = new();
    private long _cursor;
    private int _looks;

    public void Start(IActorContext context) => Scan(context);

    public void OnScanDone(IActorContext context, StoreScanDone done)
    {
        foreach (StoreKey key in done.Keys)
        {
            if (!ledger.Knows(key))
                _found.Enqueue(key);
        }

        _cursor = done.NextCursor;
        Continue(context);
    }

    private void OnLooked(IActorContext context)
    {
        _looks--;
        Continue(context);
    }

    private void Continue(IActorContext context)
    {
        while (_looks < LooksMax && _found.TryDequeue(out StoreKey? key))
        {
            _looks++;
            shelf.Change(context, new HintLook(key, (then, _, _) => OnLooked(then)));
        }

        if (_looks == 0 && _cursor >= 0)
            Scan(context);
    }

    private void Scan(IActorContext context)
    {
        long cursor = _cursor;
        _cursor = -1;
        context.Send(
            HintShelf.StoreOf(context),
            new StoreScan(partition.FirstHash, partition.LastHash, cursor, 0, context.Self, StoreSpace.Hints));
    }
}
