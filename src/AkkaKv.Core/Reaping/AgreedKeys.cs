using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Reaping;

/// <summary>Dead keys that all members agreed on once, and since when.</summary>
/// <remarks>
/// Why a second agreement after the grace makes it safe to forget a key:
/// 1. At the first agreement every member held the tombstone, or nothing, and no hint of the key was kept anywhere. So
///    an older value could only be on its way, in a message or in the memory of a coordinator that had read it before.
/// 2. Coordinators end with their deadline, and messages that are older than the grace have arrived or are lost, unless
///    a process slept, or a connection was stuck, for all that time.
/// 3. Then somebody would have lost sight of it; every member's view is compared, and one that changed starts the grace
///    anew. The same for a member that was restarted, wiped, or replaced.
/// 4. At the second agreement everyone holds the same as at the first. No older value arrived; none is left to arrive.
/// Only monotonic time counts: no wall clock can shorten the grace.
/// </remarks>
internal sealed class AgreedKeys(TimeSpan grace, int keysMax)
{
    private Dictionary<StoreKey, Agreement> _agreed = [];
    private Dictionary<StoreKey, Agreement> _met = [];

    /// <summary>True when the grace of a dead key that a sweep has met is still running: nobody need be asked.</summary>
    public bool IsWaiting(DeadKey key, TimeSpan now)
    {
        if (!_agreed.TryGetValue(key.Key, out Agreement? agreed) || agreed.Version != key.Version || now - agreed.Since >= grace)
            return false;
        _met[key.Key] = agreed;
        return true;
    }

    /// <summary>All members agreed on the key, with these views.</summary>
    /// <returns>True when they did so before the grace as well and nothing has happened since: it may be forgotten.</returns>
    public bool Confirm(DeadKey key, ulong views, TimeSpan now)
    {
        if (_agreed.TryGetValue(key.Key, out Agreement? agreed) && agreed.Version == key.Version && agreed.Views == views)
            return now - agreed.Since >= grace;
        if (_met.Count < keysMax)
            _met[key.Key] = new Agreement(key.Version, views, now);
        return false;
    }

    public void Clear()
    {
        _agreed.Clear();
        _met.Clear();
    }

    /// <summary>A sweep has ended: what it has not met, or not confirmed, starts anew.</summary>
    public void EndSweep()
    {
        _agreed = _met;
        _met = [];
    }

    private sealed record Agreement(ulong Version, ulong Views, TimeSpan Since);
}
