using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Ids;

/// <summary>Where a node's makers of ids are found, under <see cref="ActorRole.Ids"/>. The numbers travel between nodes.</summary>
public static class IdPlaces
{
    private const ulong SnowflakeNumber = 0;
    private const ulong TicketsNumber = 1;
    private const ulong IncrementNumber = 2;
    private const ulong TicketDoorNumber = 3;
    private const ulong GrantsNumber = 4;

    /// <summary>Snowflake ids of a node.</summary>
    public static Address Snowflake(NodeId node) => new(node, ActorRole.Ids, SnowflakeNumber);

    /// <summary>The counter of tickets; only on the ticket nodes.</summary>
    public static Address Tickets(NodeId node) => new(node, ActorRole.Ids, TicketsNumber);

    /// <summary>The node's counter of the multi-master increment.</summary>
    public static Address Increment(NodeId node) => new(node, ActorRole.Ids, IncrementNumber);

    /// <summary>Where a node's own clients ask for tickets; it passes them on.</summary>
    public static Address TicketDoor(NodeId node) => new(node, ActorRole.Ids, TicketDoorNumber);

    /// <summary>Who gives a node its worker number.</summary>
    public static Address Grants(NodeId node) => new(node, ActorRole.Ids, GrantsNumber);
}
