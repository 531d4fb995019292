using AkkaKv.Core.Ids;
using AkkaKv.Core.Kernel;
using AkkaKv.Core.Topology;

namespace AkkaKv.Core.Node;

/// <summary>Which of a node's actors make ids.</summary>
internal static class IdPlans
{
    public static IReadOnlyList<ActorPlan> Of(NodeId self, IdOptions ids)
    {
        var plans = new List<ActorPlan>
        {
            At(IdPlaces.Grants(self), () => new WorkerGrantActor()),
            At(IdPlaces.Snowflake(self), () => new IdActor(ids with { GrantSource = IdPlaces.Grants(self) })),
            At(IdPlaces.TicketDoor(self), () => new TicketDoorActor(ids)),
        };
        for (int index = 0; index < ids.TicketNodes.Count; index++)
        {
            int own = index;
            if (ids.TicketNodes[index] == self)
                plans.Add(At(IdPlaces.Tickets(self), () => new CounterActor(CounterOptions.Tickets(ids, own), ids)));
        }

        if (ids.IncrementNodes > 0)
            plans.Add(At(IdPlaces.Increment(self), () => new CounterActor(CounterOptions.Increment(ids), ids)));
        return plans;
    }

    /// <summary>What the node's topology must know of them.</summary>
    public static TopologyOptions Told(TopologyOptions topology, IdOptions? ids) => ids is null
        ? topology
        : topology with { Workers = new WorkerSettings(ids.Layout.WorkerMax + 1, ids.Layout.ToString(), ids.Worker), WorkerLease = ids.Lease };

    private static ActorPlan At(Address address, Func<Actor> make) => new(address.Role, address.Number, make);
}
