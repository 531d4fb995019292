using AkkaKv.Api;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Simulation.Workload;

/// <summary>A key of the workload.</summary>
/// <param name="Index">Its place in the list of keys.</param>
/// <param name="Replicas">N of every request for it; where it varies, the largest.</param>
/// <param name="IsLoose">Also gets last-write-wins and deletes without context, which replace what their writer never saw.</param>
/// <param name="Varies">Each request names an N of its own, from 1 to <paramref name="Replicas"/>.</param>
/// <param name="Owner">The one session that uses it, in the quiet beginning; −1 for all.</param>
internal sealed record WorkloadKey(int Index, EntryKey Entry, int Replicas, bool IsLoose, bool Varies, int Owner)
{
    public StoreKey Store { get; } = StoreKey.Of(Entry.Bucket, Entry.Name.Span);

    public static WorkloadKey Named(int index, string name, int replicas, bool isLoose = false, bool varies = false, int owner = -1) =>
        new(index, EntryKey.FromText("sim", name), replicas, isLoose, varies, owner);
}
