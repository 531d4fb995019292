using AkkaKv.Core.Kernel;
using AkkaKv.Host.Loops;
using AkkaKv.Host.Native.Loops;
using AkkaKv.Host.Native.Tests.Support;
using Xunit.Abstractions;

namespace AkkaKv.Host.Native.Tests.Loops;

public sealed class TimerHeapTests(ITestOutputHelper output)
{
    /// <summary>The dumb twin: a list that is searched for its earliest.</summary>
    [Fact]
    public void The_heap_fires_what_a_sorted_list_would()
    {
        ulong seed = (ulong)Random.Shared.NextInt64();
        output.WriteLine($"seed {seed}");
        var random = new RandomSource(seed);
        var heap = new TimerHeap();
        ActorCell[] owners = [CellOf(0), CellOf(1), CellOf(2)];
        var twin = new List<(long Due, int Order, TimerId Id, ActorCell Owner, Message Message)>();
        long now = 0;
        for (int step = 0; step < 20_000; step++)
        {
            int choice = random.Next(10);
            if (choice < 5)
                StartOne(step);
            else if (choice < 7 && twin.Count > 0)
                CancelOne();
            else if (choice == 7 && random.Next(50) == 0)
                CancelOwner(owners[random.Next(owners.Length)]);
            else
                FireUntil(now += random.Next(20));
        }

        FireUntil(long.MaxValue - 1);
        heap.Count.ShouldBe(0);

        void StartOne(int order)
        {
            ActorCell owner = owners[random.Next(owners.Length)];
            var message = new Note(0, order);
            long due = now + random.Next(100);
            twin.Add((due, order, heap.Start(due, owner, message), owner, message));
        }

        void CancelOne()
        {
            int at = random.Next(twin.Count);
            heap.Cancel(twin[at].Id, twin[at].Owner);
            twin.RemoveAt(at);
        }

        void CancelOwner(ActorCell owner)
        {
            heap.CancelAllOf(owner);
            twin.RemoveAll(timer => timer.Owner == owner);
        }

        void FireUntil(long time)
        {
            foreach (var timer in twin.Where(timer => timer.Due <= time).OrderBy(timer => timer.Due).ThenBy(timer => timer.Order).ToList())
            {
                heap.TryTakeDue(time, out TimerOwner owner, out Message message).ShouldBeTrue();
                owner.ShouldBe(timer.Owner);
                message.ShouldBeSameAs(timer.Message);
                twin.Remove(timer);
            }

            heap.TryTakeDue(time, out _, out _).ShouldBeFalse();
            heap.Count.ShouldBe(twin.Count);
        }
    }

    [Fact]
    public void Cancelled_timers_leave_nothing_behind()
    {
        var heap = new TimerHeap();
        ActorCell owner = CellOf(0);
        var message = new Go();
        heap.Cancel(heap.Start(1, owner, message), owner);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000_000; i++)
            heap.Cancel(heap.Start(long.MaxValue - i, owner, message), owner);

        heap.Count.ShouldBe(0);

        // The runtime itself may allocate a little while it compiles; a million slots would be 60 MB.
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(64 * 1024);
    }

    private static ActorCell CellOf(ulong number) =>
        new(null!, new Address(new NodeId("a"), ActorRole.Replica, number), new ScriptActor((_, _) => { }));
}
