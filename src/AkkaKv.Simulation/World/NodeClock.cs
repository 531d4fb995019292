namespace AkkaKv.Simulation.World;

/// <summary>
/// A node's clocks. The wall clock is off, drifts and jumps; the monotonic one, which the world shares, is untouched.
/// </summary>
internal sealed class NodeClock(SimWorld world, long offsetTicks, double driftPerSecond) : TimeProvider
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private long _offsetTicks = offsetTicks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Jump(long ticks) => _offsetTicks += ticks;

    public override DateTimeOffset GetUtcNow() => Epoch.AddTicks(world.Now + _offsetTicks + (long)(world.Now * driftPerSecond));

    public override long GetTimestamp() => world.Now;
}
