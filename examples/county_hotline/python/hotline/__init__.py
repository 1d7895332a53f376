"""A county's 12345 hotline that works with Xiangli over the event bus, written from its public documents."""
