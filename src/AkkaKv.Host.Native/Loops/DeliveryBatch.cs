namespace AkkaKv.Host.Native.Loops;

/// <summary>A growing list of deliveries that is handed over as a whole and reused.</summary>
internal sealed class DeliveryBatch
{
    // An array that one burst has blown up is not kept for ever.
    private const int KeptMax = 16 * 1024;

    private Delivery[] _items = new Delivery[64];

    public int Count { get; private set; }

    public ReadOnlySpan<Delivery> Items => _items.AsSpan(0, Count);

    public void Add(in Delivery delivery)
    {
        if (Count == _items.Length)
            Array.Resize(ref _items, Count * 2);
        _items[Count++] = delivery;
    }

    public void AddRange(ReadOnlySpan<Delivery> deliveries)
    {
        int needed = Count + deliveries.Length;
        if (needed > _items.Length)
            Array.Resize(ref _items, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)needed));
        deliveries.CopyTo(_items.AsSpan(Count));
        Count = needed;
    }

    public void Clear()
    {
        if (_items.Length > KeptMax)
            _items = new Delivery[64];
        else
            Array.Clear(_items, 0, Count);
        Count = 0;
    }
}
