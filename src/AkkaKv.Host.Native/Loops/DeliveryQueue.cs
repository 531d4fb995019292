using System.Runtime.CompilerServices;

namespace AkkaKv.Host.Native.Loops;

/// <summary>A growing ring of deliveries for one thread. Invariant: the capacity is a power of two.</summary>
internal sealed class DeliveryQueue
{
    private Delivery[] _ring = new Delivery[256];
    private int _head;

    public int Count { get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enqueue(in Delivery delivery)
    {
        if (Count == _ring.Length)
            Grow();
        _ring[(_head + Count) & (_ring.Length - 1)] = delivery;
        Count++;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Delivery Dequeue()
    {
        ref Delivery slot = ref _ring[_head];
        Delivery delivery = slot;
        slot = default;
        _head = (_head + 1) & (_ring.Length - 1);
        Count--;
        return delivery;
    }

    private void Grow()
    {
        var larger = new Delivery[_ring.Length * 2];
        int first = _ring.Length - _head;
        Array.Copy(_ring, _head, larger, 0, first);
        Array.Copy(_ring, 0, larger, first, _head);
        _ring = larger;
        _head = 0;
    }
}
